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

/** By line number. Throws for what is no segment of this version: a bug, or another program's object. */
export function readSegment(body: string, key: string): Map<number, QuarantinedLine> {
  const lines = new Map<number, QuarantinedLine & { refusals: Refusal[] }>();
  for (const text of body.split('\n')) {
    if (text === '') continue;
    const record = JSON.parse(text) as LineRecord;
    const { schema, line } = record;
    if (schema !== 1) throw new Error(`${key} is no quarantine segment of this version`);
    const known = lines.get(line);
    if (known === undefined) lines.set(line, { ...headOf(record, key), refusals: [refusalOf(record)] });
    else known.refusals.push(refusalOf(record));
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

function headOf(record: LineRecord, key: string): Omit<QuarantinedLine, 'refusals'> {
  const { line, source, byteOffset, byteLength, generation, countedAs, originalMissing = null } = record;
  const original: Original | null = record.original ?? null;
  const isHead = source !== undefined && byteOffset !== undefined && byteLength !== undefined;
  if (!isHead || generation === undefined || countedAs === undefined)
    throw new Error(`${key}: the first record of line ${line} does not say where the line stands`);
  return { line, source, byteOffset, byteLength, generation, countedAs, originalMissing, original };
}
