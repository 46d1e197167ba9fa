import type { Columns, Inference, Value } from '../../core/types';
import { toJson } from '../../core/value';
import type { InspectItem } from './decode-inputs';
import { write } from './print-json';

/**
 * A table for notebooks: fixed columns, then every input and output that occurs anywhere, in order of first sight.
 * The files are read twice, once for the names: a column that first appears in the last file must not be lost.
 */
const FIXED = [
  'partnerInferenceId',
  'eventId',
  'inferenceId',
  'index',
  'count',
  'inferenceTime',
  'endpoint',
  'variant',
  'shadow',
  'file',
  'line',
] as const;

export async function printCsv(items: () => AsyncIterable<InspectItem>): Promise<boolean> {
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  let isWhole = true;
  for await (const item of items()) {
    if (item.kind === 'rejection') {
      isWhole = false;
      process.stderr.write(
        `rejected, line ${item.rejection.place.line}: ${item.rejection.code}: ${item.rejection.reason}\n`,
      );
    }
    if (item.kind !== 'inference') continue;
    for (const name of item.inference.inputs?.keys() ?? []) inputs.add(name);
    for (const name of item.inference.outputs?.keys() ?? []) outputs.add(name);
  }
  await write(
    line([...FIXED, ...[...inputs].map((name) => `input.${name}`), ...[...outputs].map((name) => `output.${name}`)]),
  );
  for await (const item of items()) if (item.kind === 'inference') await write(row(item.inference, inputs, outputs));
  return isWhole;
}

function row(inference: Inference, inputs: ReadonlySet<string>, outputs: ReadonlySet<string>): string {
  const { place } = inference;
  const fixed = [
    inference.partnerInferenceId,
    inference.eventId ?? '',
    inference.inferenceId ?? '',
    String(inference.index),
    String(inference.count),
    inference.inferenceTime ?? '',
    inference.endpoint ?? '',
    inference.variant ?? '',
    String(inference.shadow),
    place.file.key,
    String(place.line),
  ];
  return line([...fixed, ...cells(inference.inputs, inputs), ...cells(inference.outputs, outputs)]);
}

function cells(columns: Columns | null, names: ReadonlySet<string>): string[] {
  return [...names].map((name) => text(columns?.get(name)));
}

function text(value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  // An empty string is not a missing value; only quotes can show the difference.
  return typeof value === 'string' ? value || '""' : toJson(value);
}

function line(fields: readonly string[]): string {
  return `${fields.map((field) => (field === '""' || !/[",\n\r]/.test(field) ? field : `"${field.replaceAll('"', '""')}"`)).join(',')}\n`;
}
