import type { ModelConfig } from '../../config/model-config';
import type { CaptureInput } from '../capture-paths';
import { collision } from './check-config';
import { compareColumns, seenColumns, sharedNames } from './compare-columns';
import { type Finding, finding } from './finding';
import { rejectionFindings } from './rejection-groups';
import { type SampleView, viewSample } from './sample-view';

/** A sample of captures read by a configuration: what is rejected, and which columns are not as configured. */
export interface CheckedSide {
  readonly view: SampleView;
  readonly findings: readonly Finding[];
}

export async function checkSample(config: ModelConfig, inputs: readonly CaptureInput[]): Promise<CheckedSide> {
  const { rules } = config;
  const view = await viewSample(inputs, rules);
  const { inputs: inputNames, outputs: outputNames, types } = rules.plan;
  const { input, output } = view.sides;
  const seen = { inputs: seenColumns(inputNames, input), outputs: seenColumns(outputNames, output) };
  const shared = sharedNames(seen.inputs, seen.outputs);
  const findings = [
    ...rejectionFindings(view.rejections, 'sample', null),
    ...compareColumns('input', { names: inputNames, types }, input),
    ...compareColumns('output', { names: outputNames, types }, output),
    ...(shared.length === 0 ? [] : config.sinks.map(({ name, sink }) => collision(sink.type, name, shared, 'sample'))),
  ];
  if (view.events === 0)
    findings.push(
      finding('disagrees', 'sample', null, 'holds no capture event', 'give a file that Data Capture wrote'),
    );
  if (view.nulled > 0)
    findings.push(
      finding(
        'note',
        'sample',
        null,
        `${view.nulled} value(s) became null: NaN, Infinity, or no number in a number column`,
      ),
    );
  return { view, findings };
}
