import type { ModelConfig } from '../../config/model-config';
import { PLACEHOLDER_ID } from '../init/propose-sinks';
import { type Finding, finding, nameList } from './finding';

/** What the form of a valid configuration does not say: names that collide, ids that were never filled in. */
export function lookAtConfig(config: ModelConfig): Finding[] {
  return [...configuredCollisions(config), ...placeholders(config)];
}

function configuredCollisions({ rules, sinks }: ModelConfig): Finding[] {
  return sinks.flatMap((sink) => {
    const inputs = new Set(sink.columns.inputs ?? rules.plan.inputs);
    const shared = (sink.columns.outputs ?? rules.plan.outputs ?? []).filter((name) => inputs.has(name));
    return shared.length === 0 ? [] : [collision(sink.sink.type, sink.name, shared, 'configuration')];
  });
}

/** Sinks that put inputs and outputs side by side in one row have room for one of the two; a file keeps both apart. */
export function collision(
  type: string,
  sink: string,
  names: readonly string[],
  source: 'configuration' | 'sample',
): Finding {
  const problem = `an input and an output are both named ${nameList(names)}`;
  if (type === 'file') return finding('note', source, sink, `${problem}; a file keeps them apart`);
  return finding(
    source === 'configuration' ? 'wrong' : 'disagrees',
    source,
    sink,
    `${problem}: such an inference is refused (NAME_COLLISION)`,
    'give the output another name: in columns where values have none, by output.mapping where they do',
  );
}

function placeholders({ sinks }: ModelConfig): Finding[] {
  return sinks.flatMap(({ name, sink }) =>
    'modelId' in sink.settings && sink.settings.modelId === PLACEHOLDER_ID
      ? [finding('note', 'configuration', name, 'modelId is the placeholder of `init`', "put the model's id there")]
      : [],
  );
}
