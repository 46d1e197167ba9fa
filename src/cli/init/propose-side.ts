import { MAX_COLUMNS } from '../../config/defaults';
import type { SideName } from '../../core/decode/reading';
import { short } from '../look';
import type { CaptureFacts, SideFacts } from './capture-facts';
import type { ChosenReading } from './choose-reading';
import { guessType } from './column-type';
import type { ObservedColumn, ObservedSide } from './observed-columns';
import type { Part, ProposedColumn } from './proposal';
import { settingLines, type SideSettings } from './reading-settings';

/** `input` or `output` of the proposed configuration: settings, columns with types, and why. */
export interface SideView {
  readonly side: SideName;
  readonly facts: CaptureFacts;
  readonly observed: ObservedSide;
  readonly reading: ChosenReading;
  readonly columns: ColumnChoice;
  /** A partner's model tells names and types itself, and what is written here would win over it. */
  readonly hasPartner: boolean;
}

/** How much of the columns is written: less where more would reject inferences that can be read. */
export type ColumnChoice = 'typed' | 'named' | 'none';

// Longer lists are no longer read by people; the decoder numbers such columns by itself.
const MAX_LISTED = Math.min(500, MAX_COLUMNS);

export function proposeSide(view: SideView): Part {
  const { side, observed } = view;
  const settings = view.reading.settings[side];
  const list = columnList(view);
  const value = { ...settings, ...(list === null ? {} : { columns: list.map((each) => each.column) }) };
  return {
    key: side,
    value: Object.keys(value).length === 0 ? undefined : value,
    remarks: [...labelRemarks(side, view.facts.sides[side]), ...shapeRemarks(view), ...undecidedRemarks(view)],
    memberRemarks: {
      ...settingRemarks(settings),
      ...(list === null ? {} : { columns: columnRemarks(observed) }),
    },
    itemRemarks: list === null ? [] : list.map((each) => each.remark),
  };
}

interface ListedColumn {
  readonly column: ProposedColumn;
  readonly remark: string | null;
}

/** The columns to write; null when nothing is gained by a list, or a list would be wrong for some rows. */
function columnList(view: SideView): ListedColumn[] | null {
  const { observed, columns } = view;
  const isPositional = observed.positionalRows > 0;
  if (columns === 'none' || (isPositional && (view.hasPartner || observed.width === null || observed.namedRows > 0)))
    return null;
  const all = isPositional ? observed.positionalColumns() : observed.namedColumns();
  if (all.length === 0 || all.length > MAX_LISTED || all.some((column) => column.name === '')) return null;
  const isTyped = columns === 'typed' && !view.hasPartner;
  return all.map((column) => listed(column, isTyped, observed));
}

function listed(column: ObservedColumn, isTyped: boolean, observed: ObservedSide): ListedColumn {
  const { type, remark } = guessType(column);
  const absent = observed.namedRows - column.count;
  const remarks = [
    isTyped || type === null ? null : `looks like ${type}`,
    remark,
    observed.namedRows > 0 && absent > 0 ? `missing in ${absent} of ${observed.namedRows} rows` : null,
    column.nulls > 0 && column.nulls < column.count ? `${column.nulls} of ${column.count} are null` : null,
  ].filter((each) => each !== null);
  return {
    column: isTyped && type !== null ? { name: column.name, type } : column.name,
    remark: remarks.length === 0 ? null : remarks.join('; '),
  };
}

function columnRemarks(observed: ObservedSide): string[] {
  if (observed.positionalRows === 0) return [];
  return ['The captures hold values without names: replace these names by those of the model, in this order.'];
}

function labelRemarks(side: SideName, facts: SideFacts): string[] {
  if (facts.captured === 0) {
    const mode = side === 'input' ? 'Input' : 'Output';
    return [`The ${side} was not captured: add ${mode} to CaptureOptions of the endpoint.`];
  }
  const labels = facts.labels.slice(0, 5).map(([label, events]) => `${short(label, 80)} (${events})`);
  return [`Captured as ${labels.join(', ')}.`, ...facts.textAsBase64.map(base64Remark)];
}

// What the API takes as an entry of the lists (CaptureContentTypeHeader); parameters are ignored when they are matched.
const LISTABLE = /^[a-zA-Z0-9](?:-*[a-zA-Z0-9])*\/[a-zA-Z0-9](?:-*[a-zA-Z0-9.])*$/;

function base64Remark(type: string | null): string {
  if (type === null)
    return 'Text without content type is captured as BASE64; it is decoded, and a Content-Type header would tell what it is.';
  const shown = short(type, 80);
  if (!LISTABLE.test(type))
    return `Text of type ${shown} is captured as BASE64; CaptureContentTypeHeader cannot name this type. It is decoded all the same.`;
  const list = type.includes('csv') ? 'CsvContentTypes' : 'JsonContentTypes';
  return `Text of type ${shown} is captured as BASE64: list it in CaptureContentTypeHeader.${list} of the endpoint. It is decoded all the same.`;
}

function shapeRemarks({ side, observed, hasPartner }: SideView): string[] {
  const positional = observed.positionalRows;
  const names = observed.namedColumns();
  const remarks: string[] = [];
  if (positional > 0 && observed.namedRows > 0)
    remarks.push(
      `${observed.namedRows} rows name their values and ${positional} do not: ${side}.columns would name the latter, in their order.`,
    );
  else if (positional > 0 && observed.width === null)
    remarks.push(
      `Rows hold ${widthText(observed)}: no one list of names fits, so ${side}.columns is left out. One model should take one width.`,
    );
  else if (positional > 0 && hasPartner)
    remarks.push(
      `Rows hold ${observed.width ?? 0} value(s) without names: the partner's model names them in its own order, which \`check --partner\` shows. Names in ${side}.columns would win over the partner's.`,
    );
  const count = Math.max(observed.width ?? 0, names.length);
  if (count > MAX_LISTED) remarks.push(`${count} columns are not listed; they keep their names and numbers.`);
  if (names.some((column) => column.name === '')) remarks.push('A column has an empty name, so no list is written.');
  return remarks;
}

const widthText = (observed: ObservedSide): string =>
  [...observed.widths]
    .slice(0, 6)
    .map(([width, rows]) => `${width} values (${rows} rows)`)
    .join(', ');

function settingRemarks(settings: SideSettings): Record<string, string[]> {
  return {
    ...(settings.header === undefined ? {} : { header: ['The first line is the same names in every event.'] }),
    ...(settings.format === undefined
      ? {}
      : { format: ['The label says neither CSV nor JSON, and everything captured is.'] }),
    ...(settings.rows === undefined
      ? {}
      : { rows: ['Both sides agree on the number of inferences only this way. Is it so?'] }),
  };
}

function undecidedRemarks({ side, reading }: SideView): string[] {
  const own = reading.undecided.filter((each) => Object.keys(each.settings[side]).length > 0);
  if (own.length === 0) return [];
  const choices = own.map(({ settings, counts, cured }) => {
    const range = counts.length < 2 ? `${counts[0] ?? 0}` : `${counts[0] ?? 0} to ${counts.at(-1) ?? 0}`;
    return `- ${settingLines(settings).join(', ')}: reads ${cured} more event(s), ${range} inference(s) an event`;
  });
  return ['The captures do not decide how this is read. Set one of these, whichever is true of the model:', ...choices];
}
