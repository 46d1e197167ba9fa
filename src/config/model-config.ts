import { createHash } from 'node:crypto';
import { ConfigError } from '../core/errors';
import type { ColumnType } from '../core/column-plan';
import { AUTO_SIDE, type SideConfig } from '../core/decode/side-config';
import type { PathMapping } from '../core/decode/mapping';
import { parsePath } from '../core/decode/path';
import type { ModelRules } from '../core/inference';
import type { Route } from '../core/route';
import type { ConfiguredSink, SinkLimits } from '../sinks/sink';
import { sinkDefinition, sinkTypes } from '../sinks/registry';
import {
  MAX_COLUMNS,
  MAX_DEPTH,
  MAX_LINE_BYTES,
  MAX_ROWS_PER_EVENT,
  MAX_VALUES_PER_EVENT,
  REQUEST_TIMEOUT_MS,
} from './defaults';
import { clearSecrets } from './clear-secrets';
import { VERSION } from '../version';
import { knownSettings, problemsOf } from './problems';
import { modelSchema, type RawModel, type RawSide } from './schema';
import { type CapturePlace, shadowCapture, shadowVariants } from './shadow-capture';
import { shownValue } from './shown-value';

/** A model's configuration, checked: nothing in it is left to be refused later for its form. */
export interface ModelConfig {
  readonly model: string;
  readonly capture: CapturePlace | null;
  /** Where a shadow test writes its captures. */
  readonly shadowCapture: CapturePlace | null;
  readonly rules: ModelRules;
  readonly sinks: readonly SinkConfig[];
}

export interface SinkConfig {
  /** Unique in the model, never changed: later part of the ledger's key. Default: the type. */
  readonly name: string;
  readonly sink: ConfiguredSink;
  readonly route: Route;
  readonly columns: { readonly inputs: readonly string[] | null; readonly outputs: readonly string[] | null };
  /** The sink's own limits, lowered where the configuration says so. */
  readonly limits: SinkLimits;
  readonly requestTimeoutMs: number;
  /** Over all runs together; null: as fast as the sink takes them. */
  readonly maxRequestsPerSecond: number | null;
  /** Changes with every setting that may change what an event's rows become for this sink. */
  readonly configHash: string;
}

/** Pure. Throws a ConfigError that lists every problem with the path of its key. */
export function parseModelConfig(raw: unknown): ModelConfig {
  const parsed = modelSchema.safeParse(raw, { error: knownSettings });
  const problems = parsed.success ? [] : problemsOf(parsed.error, raw, '');
  const { sinks, problems: sinkProblems } = parseSinks(rawSinks(raw), parsed.success ? raw : null);
  const all = [...problems, ...sinkProblems, ...clearSecrets(raw)];
  if (!parsed.success || all.length > 0) throw new ConfigError(all);
  const { data } = parsed;
  return {
    model: data.model,
    capture: data.capture === undefined ? null : { bucket: data.capture.bucket, prefix: data.capture.prefix },
    shadowCapture: shadowCapture(data),
    rules: modelRules(data),
    sinks,
  };
}

const rawSinks = (raw: unknown): unknown[] => {
  const sinks = typeof raw === 'object' && raw !== null && 'sinks' in raw ? raw.sinks : null;
  return Array.isArray(sinks) ? sinks : [];
};

function parseSinks(raws: readonly unknown[], model: unknown): { sinks: SinkConfig[]; problems: string[] } {
  const sinks: SinkConfig[] = [];
  const problems: string[] = [];
  raws.forEach((raw, at) => {
    const path = `sinks[${at}]`;
    const type = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : undefined;
    if (typeof type !== 'string') return;
    const definition = sinkDefinition(type);
    if (definition === null) {
      problems.push(`${path}.type is no sink; there are: ${sinkTypes().join(', ')}; given: ${shownValue(type)}`);
      return;
    }
    const parsed = definition.parse(raw, path);
    if ('problems' in parsed) problems.push(...parsed.problems);
    else sinks.push(sinkConfig(parsed.sink, model === null ? '' : hashOf(model, raw, parsed.sink)));
  });
  for (const [at, sink] of sinks.entries()) {
    const same = sinks.findIndex((other) => other.name === sink.name);
    if (same < at)
      problems.push(
        `sinks[${at}].name "${sink.name}" is taken by sinks[${same}]; give each sink of a model its own name`,
      );
  }
  return { sinks, problems };
}

/** How a model is deployed changes no row: a larger instance must not begin an event anew. */
const DEPLOYED = new Set(['capture', 'endpoint', 'forwarder', 'alarms']);

/** Neither does how fast a sink is sent to, nor where its secrets are kept. */
const PACE = ['requestTimeoutMs', 'maxRequestsPerSecond'];

/** Of the model's settings and this sink's, in whatever order they are written; another sink's change nothing here. */
function hashOf(model: unknown, raw: unknown, { secrets }: ConfiguredSink): string {
  const read = without(withoutShadowTest(model as HashedModel), DEPLOYED);
  const sink = without(raw as RawSink, new Set([...PACE, ...Object.keys(secrets)]));
  // Of a batch only its bytes decide: what is larger is refused.
  const bytes = (raw as RawSink).batch?.maxBytes;
  const own = { ...read, sinks: [{ ...sink, batch: bytes }], version: VERSION };
  return createHash('sha256').update(JSON.stringify(own, sorted)).digest('hex').slice(0, 16);
}

type RawSink = { readonly batch?: { readonly maxBytes?: number } };

const without = (settings: object, names: ReadonlySet<string>): object =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !names.has(name)));

const sorted = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

type HashedModel = { readonly shadow?: RawModel['shadow'] | null };

/** Of a shadow test only the name of its shadow variant decides what becomes of an event; the rest is deployment. */
function withoutShadowTest(model: HashedModel): object {
  const { shadow } = model;
  if (shadow?.test == null) return model;
  return { ...model, shadow: { variants: shadowVariants(shadow) } };
}

function sinkConfig(sink: ConfiguredSink, configHash: string): SinkConfig {
  const { limits, settings } = sink;
  const maxBatchBytes = settings.batch?.maxBytes ?? limits.maxBatchBytes;
  return {
    name: settings.name ?? sink.type,
    sink,
    route: {
      variants: settings.variants === undefined ? null : new Set(settings.variants),
      shadow: settings.shadow ?? 'exclude',
    },
    columns: { inputs: settings.columns?.inputs ?? null, outputs: settings.columns?.outputs ?? null },
    limits: {
      maxBatchInferences: Math.min(
        settings.batch?.maxInferences ?? limits.maxBatchInferences,
        limits.maxBatchInferences,
      ),
      maxBatchBytes,
      maxInferenceBytes: Math.min(limits.maxInferenceBytes, maxBatchBytes),
      // A sink that writes in order says 1, and that is not for the configuration to raise.
      maxInFlight: limits.maxInFlight === 1 ? 1 : (settings.batch?.maxInFlight ?? limits.maxInFlight),
    },
    requestTimeoutMs: settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    maxRequestsPerSecond: settings.maxRequestsPerSecond ?? null,
    configHash,
  };
}

function modelRules(data: RawModel): ModelRules {
  const input = sideConfig(data.input, inputMapping(data.input?.mapping));
  const output = sideConfig(data.output, outputMapping(data.output?.mapping));
  return {
    input,
    output,
    maxDepth: data.limits?.maxDepth ?? MAX_DEPTH,
    maxRows: data.limits?.maxRowsPerEvent ?? MAX_ROWS_PER_EVENT,
    maxColumns: data.limits?.maxColumns ?? MAX_COLUMNS,
    maxValues: data.limits?.maxValuesPerEvent ?? MAX_VALUES_PER_EVENT,
    maxLineBytes: data.limits?.maxLineBytes ?? MAX_LINE_BYTES,
    identity: data.identity ?? 'inferenceId',
    shadowVariants: new Set(shadowVariants(data.shadow)),
    plan: {
      inputs: input.columns,
      outputs: output.columns,
      types: new Map([...columnTypes(data.input), ...columnTypes(data.output)]),
      known: null,
    },
  };
}

function sideConfig(raw: RawSide | undefined, mapping: PathMapping | null): SideConfig {
  return {
    columns: raw?.columns?.map((column) => (typeof column === 'string' ? column : column.name)) ?? AUTO_SIDE.columns,
    format: raw?.format ?? AUTO_SIDE.format,
    header: raw?.header ?? AUTO_SIDE.header,
    rows: raw?.rows ?? AUTO_SIDE.rows,
    rowsAt: raw?.rowsAt ?? AUTO_SIDE.rowsAt,
    valuesAt: raw?.valuesAt ?? AUTO_SIDE.valuesAt,
    mapping,
  };
}

function columnTypes(raw: RawSide | undefined): [string, ColumnType][] {
  return (raw?.columns ?? []).flatMap((column) =>
    typeof column === 'string' || column.type === undefined ? [] : [[column.name, column.type] as [string, ColumnType]],
  );
}

// The AI Toolkit's empty document `{}` says: CSV, columns by position.
const inputMapping = (document: Record<string, string> | undefined): PathMapping | null =>
  mappingOf(Object.entries(document ?? {}));
const outputMapping = (document: Record<string, string> | undefined): PathMapping | null =>
  mappingOf(Object.entries(document ?? {}).map(([from, field]) => [field, from]));

function mappingOf(entries: readonly [string, string][]): PathMapping | null {
  return entries.length === 0
    ? null
    : { fields: entries.map(([field, from]) => ({ field, path: parsePath(from) ?? [] })) };
}
