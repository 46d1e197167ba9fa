import { loops } from '../../../lib/notifications/loops';
import { overlapOf } from '../../../lib/notifications/overlap';
import { bucketWords, declaredTriggers, isSameBucket } from '../plan/declared-trigger';
import type { ConfigFile } from './config-file';
import { type Finding, finding } from './finding';

/**
 * What is wrong between configurations that are each fine by themselves. Read from the raw documents, so that a
 * misspelt key in one file does not hide that two files deliver the same captures.
 */
export function findAcrossModels(files: readonly ConfigFile[]): ReadonlyMap<string, readonly Finding[]> {
  const byPath = new Map<string, Finding[]>(files.map((file) => [file.path, []]));
  const say = (file: ConfigFile, found: Finding): void =>
    void byPath.get(file.path)?.push({ ...found, line: found.key === null ? null : file.lineOf(found.key) });
  files.forEach((file, at) => {
    for (const found of [...duplicateTargets(file), ...loopsOf(file, files)]) say(file, found);
    for (const earlier of files.slice(0, at)) for (const found of between(earlier, file)) say(file, found);
  });
  return byPath;
}

type Json = Readonly<Record<string, unknown>>;

function between(earlier: ConfigFile, later: ConfigFile): Finding[] {
  const [a, b] = [record(earlier.raw), record(later.raw)];
  const findings: Finding[] = [];
  if (typeof a.model === 'string' && a.model === b.model)
    findings.push(
      wrong('model', `"${a.model}" is the model of ${earlier.path}, too`, 'give each model a name of its own'),
    );
  findings.push(...overlapsBetween(earlier, later));
  for (const sink of sinksOf(later.raw)) {
    // Only a partner's model can be filled by two models by mistake; a folder or bucket may be shared.
    const same =
      sink.modelId === undefined ? undefined : sinksOf(earlier.raw).find((each) => target(each) === target(sink));
    if (same !== undefined)
      findings.push(
        wrong(
          `sinks[${sink.at}]`,
          `delivers to the same ${String(sink.type)} model as sinks[${same.at}] of ${earlier.path}`,
          "give it its own model's id",
        ),
      );
  }
  return findings;
}

/** Of all that the two watch, captures of shadow tests among it. */
function overlapsBetween(earlier: ConfigFile, later: ConfigFile): Finding[] {
  return declaredTriggers(later).flatMap((other) =>
    declaredTriggers(earlier).flatMap((one) => {
      const overlap = isSameBucket(one, other) ? overlapOf(one.rule, other.rule) : null;
      if (overlap === null) return [];
      const { first, second, key } = overlap;
      return wrong(
        other.key,
        `"${second.prefix}" overlaps "${first.prefix}" of ${first.name} in ${bucketWords(other)}: "${key}" would reach both models`,
        'give each model a prefix that does not begin with that of another',
      );
    }),
  );
}

/** Two sinks of one model that would deliver the same inferences to the same place. */
function duplicateTargets(file: ConfigFile): Finding[] {
  const sinks = sinksOf(file.raw);
  return sinks.flatMap((sink, at) => {
    const same = sinks.slice(0, at).find((earlier) => target(earlier) === target(sink) && mayOverlap(earlier, sink));
    if (same === undefined) return [];
    return wrong(
      `sinks[${sink.at}]`,
      `delivers the same inferences to the same place as sinks[${same.at}]`,
      'remove one of them, or separate them by variants or shadow',
    );
  });
}

/** Sinks that write to a bucket, where a trigger of any model would take their results for captures. */
function loopsOf(file: ConfigFile, files: readonly ConfigFile[]): Finding[] {
  const watched = files
    .flatMap(declaredTriggers)
    .map(({ rule, bucketId }) => ({ name: rule.name, bucket: bucketId, prefix: rule.prefix }));
  return sinksOf(file.raw).flatMap(({ at, bucket, prefix = '' }) => {
    if (typeof bucket !== 'string' || typeof prefix !== 'string') return [];
    return loops(watched, [{ name: `sinks[${at}]`, bucket, prefix }]).map((loop) =>
      wrong(
        loop.written.name,
        `writes to "${prefix}" in bucket ${bucket}, where ${loop.watched.name} watches "${loop.watched.prefix}": "${loop.key}" would be delivered again, without end`,
        'give it a prefix beside that of the captures, or another bucket',
      ),
    );
  });
}

interface RawSink extends Json {
  readonly at: number;
}

function sinksOf(raw: unknown): RawSink[] {
  const { sinks } = record(raw);
  const all = Array.isArray(sinks) ? sinks.map((sink, at) => ({ ...record(sink), at })) : [];
  return all.filter((sink: RawSink) => typeof sink.type === 'string');
}

// How a sink delivers, not where to.
const NO_TARGET = new Set([
  'at',
  'name',
  'variants',
  'shadow',
  'columns',
  'batch',
  'requestTimeoutMs',
  'token',
  'eventIdColumn',
  'timestampColumn',
  'format',
]);

function target(sink: RawSink): string {
  const settings = Object.entries(sink).filter(([name]) => !NO_TARGET.has(name));
  const text = ([name, value]: [string, unknown]): string =>
    `${name}=${typeof value === 'string' ? value.replace(/\/+$/, '') : JSON.stringify(value)}`;
  return settings.map(text).sort().join(' ');
}

function mayOverlap(a: RawSink, b: RawSink): boolean {
  const [one, other] = [a.shadow ?? 'exclude', b.shadow ?? 'exclude'];
  if (one !== other && one !== 'include' && other !== 'include') return false;
  if (!Array.isArray(a.variants) || !Array.isArray(b.variants)) return true;
  const others = new Set<unknown>(b.variants);
  return a.variants.some((variant) => others.has(variant));
}

const wrong = (key: string, problem: string, cure: string): Finding =>
  finding('wrong', 'configuration', key, problem, cure);

const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
