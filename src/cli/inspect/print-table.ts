import { stripVTControlCharacters } from 'node:util';
import { fileName } from '../../core/capture-key';
import { RepeatedIds } from '../../core/partner-inference-id';
import type { Inference, Rejection, Skip } from '../../core/types';
import { toJson } from '../../core/value';
import { bold, dim, green, plural, red, short, table, yellow } from '../look';
import type { Found } from '../capture-paths';
import { ColumnSummaries, type ColumnSummary } from './column-summary';
import type { InspectItem } from './decode-inputs';

/** For people: the first inferences, a summary of each column, and what could not be read. */
const MAX_COLUMNS_SHOWN = 8;
const MAX_PROBLEMS_SHOWN = 10;
const MAX_SUMMARY_ROWS_A_SIDE = 20;

export interface TableOptions {
  readonly head: number;
  readonly allColumns: boolean;
}

export async function printTable(
  items: AsyncIterable<InspectItem>,
  found: Found,
  { head, allColumns }: TableOptions,
): Promise<boolean> {
  const first: Inference[] = [];
  const columns = new ColumnSummaries();
  const rejections: Rejection[] = [];
  const skips = new Map<string, { skip: Skip; count: number }>();
  const repeated = new RepeatedIds();
  const counts = { events: 0, inferences: 0, rejected: 0, skipped: 0, repeats: 0, shadow: 0, nulled: 0 };
  for await (const item of items) {
    if (item.kind === 'event') {
      counts.events += 1;
      counts.nulled += item.nulled;
    } else if (item.kind === 'inference') {
      counts.inferences += 1;
      if (item.inference.shadow) counts.shadow += 1;
      if (item.inference.index === 0 && repeated.seesId(item.inference.inferenceId)) counts.repeats += 1;
      if (first.length < head) first.push(item.inference);
      columns.add('input', item.inference.inputs);
      columns.add('output', item.inference.outputs);
    } else if (item.kind === 'rejection') {
      counts.rejected += 1;
      if (rejections.length < MAX_PROBLEMS_SHOWN) rejections.push(item.rejection);
    } else {
      counts.skipped += item.skip.lines;
      const key = `${fileName(item.skip.place.file)} ${item.skip.kind}`;
      const known = skips.get(key);
      if (known === undefined) skips.set(key, { skip: item.skip, count: item.skip.lines });
      else known.count += item.skip.lines;
    }
  }
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  print(
    bold(
      `${plural(counts.inferences, 'inference')} in ${plural(counts.events, 'event')} of ${plural(found.inputs.length, 'file')}`,
    ),
  );
  if (first.length > 0) print(fitting(inferenceTables(first)));
  if (counts.inferences > first.length && first.length > 0)
    print(
      dim(
        `… and ${plural(counts.inferences - first.length, 'more inference')} (--head ${first.length * 2} shows more, --json all)`,
      ),
    );
  const summaries = columns.all();
  if (summaries.length > 0) print(`\n${summaryTable(summaries, allColumns)}`);
  for (const line of notes(counts, found)) print(line);
  for (const { skip, count } of skips.values())
    print(yellow(`skipped: ${fileName(skip.place.file)}: ${plural(count, 'line')}: ${skip.reason}`));
  for (const rejection of rejections)
    print(red(`rejected: ${where(rejection)}: ${rejection.code}: ${rejection.reason}`));
  if (counts.rejected > rejections.length)
    print(red(`… and ${plural(counts.rejected - rejections.length, 'more rejection')} (--json shows all)`));
  if (counts.events === 0 && counts.rejected > 0)
    print(red('nothing in it is a capture event; give a file that Data Capture wrote (…/yyyy/mm/dd/hh/*.jsonl)'));
  if (counts.rejected === 0 && counts.inferences > 0) print(green('everything was decoded'));
  return counts.rejected === 0;
}

function where(rejection: Rejection): string {
  const row = rejection.row === null ? '' : `, row ${rejection.row}`;
  return `${fileName(rejection.place.file)}: line ${rejection.place.line}${row} (bytes ${rejection.place.byteOffset}-${rejection.place.byteOffset + rejection.place.byteLength})`;
}

function notes(counts: { repeats: number; shadow: number; nulled: number }, found: Found): string[] {
  const lines: string[] = [];
  if (counts.repeats > 0)
    lines.push(
      yellow(
        `${plural(counts.repeats, 'inference id')} came again; callers chose them, so set identity: eventId to tell the inferences apart`,
      ),
    );
  if (counts.shadow > 0) lines.push(yellow(`${plural(counts.shadow, 'inference')} came from a shadow variant`));
  if (counts.nulled > 0)
    lines.push(yellow(`${plural(counts.nulled, 'value')} became null: NaN, Infinity, or no number in a number column`));
  if (found.passedOver.length > 0)
    lines.push(
      dim(`passed over by name: ${plural(found.passedOver.length, 'file')}, such as ${found.passedOver[0] ?? ''}`),
    );
  return lines;
}

/** The widest of the tables that fits the terminal; where nobody looks, the widest. */
function fitting(tables: Iterable<string>): string {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  let text = '';
  for (text of tables) if (stripVTControlCharacters(text.split('\n')[0] ?? '').length <= width) break;
  return text;
}

function* inferenceTables(inferences: readonly Inference[]): Generator<string> {
  for (let most = MAX_COLUMNS_SHOWN; most >= 2; most -= 1) yield inferenceTable(inferences, most);
}

function inferenceTable(inferences: readonly Inference[], mostColumns: number): string {
  const names = (side: 'inputs' | 'outputs'): string[] => [
    ...new Set(inferences.flatMap((inference) => [...(inference[side]?.keys() ?? [])])),
  ];
  const inputs = names('inputs');
  const outputs = names('outputs').slice(0, Math.max(1, mostColumns - 1));
  const shown = inputs.slice(0, Math.max(1, mostColumns - outputs.length));
  const more = inputs.length > shown.length ? [`+${inputs.length - shown.length}`] : [];
  const cell = (inference: Inference, side: 'inputs' | 'outputs', name: string): string => {
    const value = inference[side]?.get(name);
    return value === undefined ? '' : short(typeof value === 'string' ? value : toJson(value), 24);
  };
  return table(
    ['partner inference id', 'time', ...shown, ...more, ...outputs.map((name) => `→ ${name}`)],
    inferences.map((inference) => [
      short(inference.partnerInferenceId, 40),
      inference.inferenceTime ?? '',
      ...shown.map((name) => cell(inference, 'inputs', name)),
      ...more.map(() => '…'),
      ...outputs.map((name) => cell(inference, 'outputs', name)),
    ]),
  );
}

const SUMMARY_HEAD = ['column', 'side', 'type', 'values', 'null', 'min', 'mean', 'max', 'most frequent'];

function summaryTable(summaries: readonly ColumnSummary[], allColumns: boolean): string {
  const most = allColumns ? Number.POSITIVE_INFINITY : MAX_SUMMARY_ROWS_A_SIDE;
  const shown = (['input', 'output'] as const).flatMap((side) =>
    summaries.filter((each) => each.side === side).slice(0, most),
  );
  const rest = summaries.length - shown.length;
  const cells = shown.map((each) => [
    short(each.name, 30),
    each.side,
    typeName(each),
    String(each.count),
    String(each.nulls),
    ...range(each),
    mostFrequent(each),
  ]);
  const text = fitting(
    [9, 8, 5, 3].map((columns) =>
      table(
        SUMMARY_HEAD.slice(0, columns),
        cells.map((row) => row.slice(0, columns)),
      ),
    ),
  );
  return rest > 0 ? `${text}\n${dim(`… and ${plural(rest, 'more column')} (--all-columns shows them)`)}` : text;
}

function typeName(summary: ColumnSummary): string {
  const kinds = [
    summary.numbers > 0 ? 'number' : '',
    summary.texts > 0 ? 'text' : '',
    summary.others > 0 ? 'nested' : '',
  ].filter((kind) => kind !== '');
  return kinds.join(' + ') || 'null';
}

function range(summary: ColumnSummary): [string, string, string] {
  if (summary.numbers === 0) return ['', '', ''];
  const print = (number: number): string => String(Number(number.toPrecision(6)));
  return [print(summary.min), print(summary.sum / summary.numbers), print(summary.max)];
}

function mostFrequent(summary: ColumnSummary): string {
  const [top] = [...summary.distinct].sort((a, b) => b[1] - a[1]);
  return top === undefined ? '' : `${short(top[0], 24)} (${top[1]})`;
}
