import type { ArthurModel } from './arthur-model';
import { fitsValueType } from './arthur-values';
import { isJsonObject, type Json, type JsonObject, member } from './json';
import { isZonedTime } from './zoned-time';

/** Judges single rows as Arthur does: each by itself, in a result of its own. What the real server does with an unknown attribute is not known; this one refuses it. */
export type RowVerdict =
  | { readonly fits: true; readonly id: string; readonly row: JsonObject }
  | { readonly fits: false; readonly id: string | null; readonly reason: string };

const INFERENCE_MEMBERS: ReadonlySet<string> = new Set([
  'inference_timestamp',
  'partner_inference_id',
  'batch_id',
  'inference_data',
  'ground_truth_timestamp',
  'ground_truth_data',
]);
const TRUTH_MEMBERS: ReadonlySet<string> = new Set([
  'partner_inference_id',
  'batch_id',
  'ground_truth_timestamp',
  'ground_truth_data',
]);

/** A new inference: id, zoned time and data are required, ground truth needs its time, names and types follow the model. */
export function judgeInference(model: ArthurModel, row: Json): RowVerdict {
  return judge(row, INFERENCE_MEMBERS, (object) => {
    const batchId = member(object, 'batch_id');
    if (batchId !== undefined && typeof batchId !== 'string') return 'batch_id must be a string';
    if (model.is_batch === true && !batchId) return 'batch_id is required by a batch model';
    const problem = timeProblem(object, 'inference_timestamp') ?? dataProblem(model, object, 'inference_data');
    const hasTruth =
      member(object, 'ground_truth_data') !== undefined || member(object, 'ground_truth_timestamp') !== undefined;
    return problem ?? (hasTruth ? truthProblem(model, object) : null);
  });
}

/** Ground truth for an inference sent before; whether that inference exists is the caller's question. */
export function judgeGroundTruth(model: ArthurModel, row: Json): RowVerdict {
  return judge(row, TRUTH_MEMBERS, (object) => truthProblem(model, object));
}

function judge(row: Json, members: ReadonlySet<string>, problemOf: (row: JsonObject) => string | null): RowVerdict {
  if (!isJsonObject(row)) return { fits: false, id: null, reason: 'an inference must be an object' };
  const id = member(row, 'partner_inference_id');
  if (typeof id !== 'string' || id === '')
    return { fits: false, id: null, reason: 'partner_inference_id must be a string that is not empty' };
  const surplus = Object.keys(row).find((name) => !members.has(name));
  const reason = surplus === undefined ? problemOf(row) : `unknown member ${surplus}`;
  return reason === null ? { fits: true, id, row } : { fits: false, id, reason };
}

function truthProblem(model: ArthurModel, row: JsonObject): string | null {
  return timeProblem(row, 'ground_truth_timestamp') ?? dataProblem(model, row, 'ground_truth_data');
}

function timeProblem(row: JsonObject, name: string): string | null {
  const time = member(row, name);
  if (typeof time !== 'string') return `${name} is required`;
  return isZonedTime(time, 'T') ? null : `${name} must be ISO 8601 with a time zone`;
}

function dataProblem(model: ArthurModel, row: JsonObject, name: 'inference_data' | 'ground_truth_data'): string | null {
  const data = member(row, name);
  if (!isJsonObject(data)) return `${name} must be an object`;
  if (model.attributes === null) return null;
  const attributes = new Map(model.attributes.map((attribute) => [attribute.name, attribute]));
  for (const [column, value] of Object.entries(data)) {
    const attribute = attributes.get(column);
    if (attribute === undefined) return `the model has no attribute ${column}`;
    const isTruth = attribute.stage.startsWith('GROUND_TRUTH');
    if (isTruth !== (name === 'ground_truth_data')) return `attribute ${column} does not belong in ${name}`;
    if (!fitsValueType(value, attribute.value_type)) return `attribute ${column} must be ${attribute.value_type}`;
  }
  return null;
}
