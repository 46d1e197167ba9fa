import { systemClock } from '../../app/clock';
import { deliverFile } from '../../app/deliver-file';
import { OpenSinks, type SecretReader } from '../../app/open-sinks';
import type { ModelConfig, SinkConfig } from '../../config/model-config';
import type { SideName } from '../../core/decode/reading';
import type { OpenSink } from '../../sinks/sink';
import { VERSION } from '../../version';
import type { CaptureInput } from '../capture-paths';
import { comparePartner, type OwnColumns } from './compare-partner';
import { type Finding, finding } from './finding';
import { RejectionGroups, rejectionFindings } from './rejection-groups';
import type { SampleView } from './sample-view';

/** What the partner of one sink says: whether it can be reached, and how its model's schema fits. */
export interface PartnerView {
  readonly sink: string;
  readonly type: string;
  readonly isReached: boolean;
  readonly findings: readonly Finding[];
}

export interface CheckedSample {
  readonly inputs: readonly CaptureInput[];
  readonly view: SampleView;
}

/** Opens every sink as the function would, and sends nothing. Secrets are read where the configuration says they are. */
export async function checkPartners(
  config: ModelConfig,
  sample: CheckedSample | null,
  readSecret: SecretReader,
): Promise<PartnerView[]> {
  const sinks = new OpenSinks(readSecret, VERSION);
  const views: PartnerView[] = [];
  try {
    for (const each of config.sinks) {
      const opened = await sinks.get(each);
      const isReached = 'deliver' in opened;
      const findings = isReached
        ? await againstSink(config, each, opened, sample)
        : [finding('disagrees', 'partner', each.name, `${opened.code}: ${opened.reason}`)];
      views.push({ sink: each.name, type: each.sink.type, isReached, findings });
    }
  } finally {
    await sinks.close();
  }
  return views;
}

async function againstSink(
  config: ModelConfig,
  sink: SinkConfig,
  opened: OpenSink,
  sample: CheckedSample | null,
): Promise<Finding[]> {
  const partner = opened.columns;
  const findings =
    partner === null
      ? [finding('note', 'partner', sink.name, 'has no model schema to hold columns against')]
      : comparePartner(
          sink.name,
          { input: ownColumns(config, sink, sample, 'input'), output: ownColumns(config, sink, sample, 'output') },
          config.rules.plan.types,
          partner,
        );
  // Names that exist and may not be read: rows without names of their own then have to wait.
  if (partner !== null && 'unnamed' in partner && typeof partner.unnamed === 'string')
    findings.push(finding('note', 'partner', sink.name, partner.unnamed));
  // A sink that hands on whole files encodes no row, so there is none to rehearse.
  const isWhole = 'passThrough' in opened && opened.passThrough !== undefined;
  return sample === null || isWhole ? findings : [...findings, ...(await rehearse(config, sink, opened, sample))];
}

function ownColumns(config: ModelConfig, sink: SinkConfig, sample: CheckedSample | null, side: SideName): OwnColumns {
  const key = side === 'input' ? 'inputs' : 'outputs';
  const observed = sample?.view.sides[side] ?? null;
  const isNamedByData = observed !== null && observed.namedRows > 0 && observed.positionalRows === 0;
  const sampled = isNamedByData ? observed.namedColumns().map((column) => column.name) : null;
  // What the data names is what is sent; configured names are for values that have none.
  const names = sampled ?? sink.columns[key] ?? config.rules.plan[key];
  return { names, isNamedByData, width: observed?.width ?? null };
}

/**
 * The sample through the whole delivery with the partner's schema, up to the request that is not sent: what would be
 * refused for its columns, types, time or size is known without storing anything.
 */
async function rehearse(
  config: ModelConfig,
  sink: SinkConfig,
  opened: OpenSink,
  sample: CheckedSample,
): Promise<Finding[]> {
  const groups = new RejectionGroups();
  const { template, columns, needsTime } = opened;
  const silent: OpenSink = {
    template,
    columns,
    needsTime,
    deliver: () => Promise.resolve({ kind: 'delivered' }),
    close: () => Promise.resolve(),
  };
  const { signal } = new AbortController();
  for (const { file, bytes } of sample.inputs) {
    await deliverFile({
      file,
      bytes: bytes(),
      rules: config.rules,
      config: sink,
      sink: silent,
      clock: systemClock(Number.POSITIVE_INFINITY),
      signal,
      onRejection: (rejection) => groups.add(rejection),
      onSkip: () => {},
    });
  }
  // What the sample itself is rejected with was said before.
  const known = new Set(sample.view.rejections.map(({ code, count }) => `${code} ${count}`));
  const own = groups.all().filter(({ code, count }) => !known.has(`${code} ${count}`));
  return rejectionFindings(own, 'partner', sink.name);
}
