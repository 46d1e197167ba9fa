import { isJsonArray, isJsonObject, type Json, type JsonObject, member, parseJsonText } from './json';

/** What Arthur's own decoder of Data Capture lines takes: CSV and two JSON shapes, both modes, no BASE64. Read shallowly: rows are counted and named, not typed. */
export interface CapturedRow {
  readonly id: string;
  readonly row: JsonObject;
}
export type CapturedLine = { readonly rows: readonly CapturedRow[] } | { readonly refused: string };

/**
 * One line of a Data Capture file to its inferences. Ids: `inferenceId`, else `eventId`, with `_{index}` when there is
 * more than one. Source: Arthur's SageMaker Data Capture guide.
 */
export function readCapturedLine(line: string): CapturedLine {
  const parsed = parseJsonText(line);
  if (!parsed.ok || !isJsonObject(parsed.value)) return { refused: 'not a JSON object' };
  const capture = objectAt(parsed.value, 'captureData');
  const metadata = objectAt(parsed.value, 'eventMetadata');
  const inputs = sideRows(capture, 'endpointInput', 'instances', 'features');
  const outputs = sideRows(capture, 'endpointOutput', 'predictions', 'probabilities');
  if (typeof inputs === 'string') return { refused: inputs };
  if (typeof outputs === 'string') return { refused: outputs };
  if (inputs.length !== outputs.length) return { refused: `${inputs.length} inputs and ${outputs.length} outputs` };
  const base = [member(metadata, 'inferenceId'), member(metadata, 'eventId')].find(
    (id) => typeof id === 'string' && id !== '',
  );
  if (typeof base !== 'string') return { refused: 'neither inferenceId nor eventId' };
  const time = member(metadata, 'inferenceTime') ?? null;
  return {
    rows: inputs.map((input, index) => {
      const id = inputs.length > 1 ? `${base}_${index}` : base;
      return {
        id,
        row: { partner_inference_id: id, inference_timestamp: time, input, output: outputs[index] ?? null },
      };
    }),
  };
}

/** The rows of one side, or why Arthur refuses it. */
function sideRows(capture: JsonObject, side: string, list: string, unnamed: string): readonly Json[] | string {
  const payload = objectAt(capture, side);
  const data = member(payload, 'data');
  if (typeof data !== 'string') return `${side} is missing: both modes must be captured`;
  const encoding = member(payload, 'encoding');
  if (encoding === 'CSV') return data.split(/\r?\n/).filter((row) => row !== '');
  if (encoding !== 'JSON') return `${side} has the encoding ${typeof encoding === 'string' ? encoding : 'of no name'}`;
  const parsed = parseJsonText(data);
  const rows = parsed.ok && isJsonObject(parsed.value) ? member(parsed.value, list) : undefined;
  if (!isJsonArray(rows)) return `${side} is not of the form {"${list}": […]}`;
  return rows.every((row) => isKnownRow(row, unnamed))
    ? rows
    : `${side} holds a row that is neither {"${unnamed}": […]} nor named values`;
}

function isKnownRow(row: Json, unnamed: string): boolean {
  if (!isJsonObject(row)) return false;
  const list = member(row, unnamed);
  return list === undefined || isJsonArray(list);
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  return isJsonObject(value) ? value : {};
}
