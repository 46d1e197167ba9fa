import { isNumber, isText, oneOf, orNull, parsedAs, withMembers } from '../store/shape';
import { UnreadableState } from '../store/unreadable-state';
import type { Original } from './original';
import type { LineSource, QuarantinedLine } from './quarantined-line';
import { inOrder, type Refusal } from './refusal';
import { parseRows, type Rows, rowsText } from './rows';

/**
 * A segment as text: one JSON record a line, sorted by line and row. The first record of a captured line says where it
 * stands and holds its bytes; its further records have only what was said of their own rows. Nothing in it tells of a
 * run (no time, no attempt), so a run that comes again writes the same bytes.
 */
type LineRecord = RefusalRecord & Partial<Omit<QuarantinedLine, 'line' | 'refusals'>>;

interface RefusalRecord extends Omit<Refusal, 'rows'> {
  readonly schema: 1;
  readonly line: number;
  /** The first of the rows; null when the whole line or event is meant. */
  readonly row: number | null;
  /** All of them (`0-5 8`); null when it is that one row, or the whole line. */
  readonly rows: string | null;
}

/** Empty when no line has anything refused. */
export function writeSegment(lines: Iterable<QuarantinedLine>): string {
  const texts: string[] = [];
  for (const line of [...lines].sort((a, b) => a.line - b.line))
    for (const [at, refusal] of inOrder(line.refusals).entries())
      texts.push(
        `${JSON.stringify({ ...refusalRecord(line.line, refusal), ...(at === 0 ? lineRecord(line) : {}) })}\n`,
      );
  return texts.join('');
}

/** By line number. Throws UnreadableState for what is no segment of this version; an empty one is never written. */
export function readSegment(body: string, key: string): Map<number, QuarantinedLine> {
  const lines = new Map<number, QuarantinedLine & { refusals: Refusal[] }>();
  if (body === '') throw new UnreadableState(key);
  for (const text of body.split('\n')) {
    if (text === '') continue;
    const record = parsedAs<LineRecord>(text, isRefusal);
    if (record === null) throw new UnreadableState(key);
    const { line } = record;
    const known = lines.get(line);
    if (known !== undefined) known.refusals.push(refusalOf(record));
    else if (isHead(record)) lines.set(line, { ...headOf(record), refusals: [refusalOf(record)] });
    else throw new UnreadableState(key);
  }
  return lines;
}

/** In this order, always: equal refusals make equal bytes. */
function refusalRecord(line: number, refusal: Refusal): RefusalRecord {
  const { rows, stage, code, reason, partnerInferenceId, decoderVersion } = refusal;
  const [first, ...more] = rows ?? [];
  const isOne = first === undefined || (more.length === 0 && first[0] === first[1]);
  return {
    schema: 1,
    line,
    row: first?.[0] ?? null,
    rows: isOne ? null : rowsText(rows ?? []),
    stage,
    code,
    reason,
    partnerInferenceId,
    decoderVersion,
  };
}

function refusalOf({ row, rows, stage, code, reason, partnerInferenceId, decoderVersion }: RefusalRecord): Refusal {
  const one: Rows | null = row === null ? null : [[row, row]];
  return {
    rows: rows === null ? one : parseRows(rows),
    stage,
    code,
    reason,
    partnerInferenceId,
    decoderVersion,
  };
}

function lineRecord(line: QuarantinedLine): Omit<QuarantinedLine, 'line' | 'refusals'> {
  const { byteOffset, byteLength, source, generation, countedAs, original, originalMissing } = line;
  const { bucket, key, versionId, eTag } = source;
  const content: LineSource = { bucket, key, versionId, eTag };
  return { source: content, byteOffset, byteLength, generation, countedAs, originalMissing, original };
}

function headOf(record: Head): Omit<QuarantinedLine, 'refusals'> {
  const { line, source, byteOffset, byteLength, generation, countedAs, originalMissing, original } = record;
  return { line, source, byteOffset, byteLength, generation, countedAs, originalMissing, original };
}

const isRefusal = withMembers<RefusalRecord>({
  schema: (value): value is 1 => value === 1,
  line: isNumber,
  row: orNull(isNumber),
  rows: orNull((value): value is string => isText(value) && ROWS.test(value)),
  stage: oneOf('line', 'event', 'decode', 'encode', 'deliver'),
  code: isText,
  reason: isText,
  partnerInferenceId: orNull(isText),
  decoderVersion: isText,
});

const ROWS = /^\d+(?:-\d+)?(?: \d+(?:-\d+)?)*$/;

type Head = Omit<QuarantinedLine, 'refusals'>;

const isHead = withMembers<Head>({
  line: isNumber,
  source: withMembers<LineSource>({
    bucket: orNull(isText),
    key: isText,
    versionId: orNull(isText),
    eTag: orNull(isText),
  }),
  byteOffset: isNumber,
  byteLength: isNumber,
  generation: isNumber,
  countedAs: oneOf('event', 'rejectedLine'),
  originalMissing: orNull(isText),
  original: orNull((value): value is Original => isText(value) || isPacked(value)),
});

const isPacked = withMembers<Exclude<Original, string>>({ base64: isText });
