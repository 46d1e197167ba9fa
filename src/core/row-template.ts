import type { Inference, Value } from './types';
import { shownName } from './shown-name';
import { toJson } from './value';

/**
 * How a sink writes one inference as JSON, said as data: a literal with slots. The same template serves the careful
 * encoder here and any faster one, so a sink gets speed without knowing of it.
 *
 * `columns` stands for all inputs and outputs side by side. Under the name `...` its members are spliced into the
 * object around it.
 */
export type RowTemplate = { readonly [name: string]: TemplateValue };
export type TemplateValue = string | number | boolean | null | Slot | RowTemplate;

export class Slot {
  constructor(
    readonly name:
      | 'partnerInferenceId'
      | 'inferenceTime'
      | 'eventId'
      | 'endpoint'
      | 'variant'
      | 'inputs'
      | 'outputs'
      | 'columns',
  ) {}
}

export const slot = (name: Slot['name']): Slot => new Slot(name);

/** Row template and what stands around the rows in one request body. */
export interface BatchTemplate {
  readonly row: RowTemplate;
  readonly open: string;
  readonly separator: string;
  readonly close: string;
}

export type EncodedRow =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly code: string; readonly reason: string };

export function encodeRow(template: RowTemplate, inference: Inference): EncodedRow {
  const clash = clashingName(template, inference);
  if (clash !== null) {
    return {
      ok: false,
      code: 'NAME_COLLISION',
      reason: `"${shownName(clash)}" is the name of an input and of an output (or of a member the partner needs), and they stand in one flat row; rename one in the configuration`,
    };
  }
  return { ok: true, json: writeObject(template, inference) };
}

function writeObject(template: RowTemplate, inference: Inference): string {
  const members: string[] = [];
  for (const [name, value] of Object.entries(template)) {
    if (name === '...') members.push(...spliced(value, inference));
    else members.push(`${JSON.stringify(name)}:${writeValue(value, inference)}`);
  }
  return `{${members.join(',')}}`;
}

function writeValue(value: TemplateValue, inference: Inference): string {
  if (value instanceof Slot) return writeSlot(value, inference);
  return typeof value === 'object' && value !== null ? writeObject(value, inference) : JSON.stringify(value);
}

function writeSlot(value: Slot, inference: Inference): string {
  switch (value.name) {
    case 'columns':
      return `{${spliced(value, inference).join(',')}}`;
    case 'inputs':
    case 'outputs':
      return toJson(inference[value.name]);
    default:
      return JSON.stringify(inference[value.name]);
  }
}

function spliced(value: TemplateValue, inference: Inference): string[] {
  if (!(value instanceof Slot)) return [];
  return [...columnEntries(value, inference)].map(([name, column]) => `${JSON.stringify(name)}:${toJson(column)}`);
}

function* columnEntries(value: Slot, inference: Inference): Generator<[string, Value]> {
  if (value.name !== 'outputs') yield* inference.inputs ?? [];
  if (value.name !== 'inputs') yield* inference.outputs ?? [];
}

/** A name that would stand twice in one object of the row; JSON readers would keep one of the two, silently. */
function clashingName(template: RowTemplate, inference: Inference): string | null {
  const names = new Set<string>();
  for (const [name, value] of Object.entries(template)) {
    const isColumns = value instanceof Slot && (name === '...' || value.name === 'columns');
    if (name !== '...') {
      if (names.has(name)) return name;
      names.add(name);
    }
    if (isColumns) {
      const seen = name === '...' ? names : new Set<string>();
      for (const [column] of columnEntries(value, inference)) {
        if (seen.has(column)) return column;
        seen.add(column);
      }
    }
  }
  return null;
}
