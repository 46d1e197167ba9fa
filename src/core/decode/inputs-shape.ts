import type { Value, ValueObject } from '../types';
import { isArray, isObject, isScalar } from '../value';
import { sharedLength, splitColumns } from './columnar';
import { isMessages } from './list-shape';
import { certain, type DecodedRow, each, named, type Side } from './reading';
import { rowOf } from './row';
import { isTensorList, tensorRows } from './tensors';

/**
 * The word `inputs` has five meanings: a prompt, a list of prompts or dialogs (Hugging Face, LMI), named tensors
 * (KServe v2), columns or records (TF Serving, MLflow), and one question with its context (Hugging Face).
 */
export function inputsShape(object: ValueObject): Side | null {
  const inputs = object.get('inputs');
  if (inputs === undefined) return null;
  if (isTensorList(inputs)) return tensorRows(inputs);
  if (isMessages(inputs)) return certain([named(object)]);
  if (isArray(inputs)) return certain(each(inputs, (item) => listedRow(item, object)));
  if (!isObject(inputs)) return certain([named(object)]);
  const length = sharedLength(inputs);
  if (length !== null && inputs.size > 0) return certain(splitColumns(inputs, length));
  return certain([named(beside(inputs, object))]);
}

/** A prompt or a dialog keeps the name `inputs` and the request's parameters; features and records are rows as elsewhere. */
function listedRow(item: Value, object: ValueObject): DecodedRow {
  if (typeof item === 'string' || isMessages(item))
    return named(new Map([...object].map(([name, value]) => [name, name === 'inputs' ? item : value])));
  if (isObject(item)) return named(beside(item, object));
  return rowOf(isScalar(item) ? [item] : item);
}

/** The inner members, and whatever stands beside `inputs` under a name that is still free. */
function beside(inner: ValueObject, object: ValueObject): ValueObject {
  const row = new Map(inner);
  for (const [name, value] of object) if (name !== 'inputs' && !row.has(name)) row.set(name, value);
  return row;
}
