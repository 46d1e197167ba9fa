import type { Value, ValueObject } from '../types';
import { isArray, isObject } from '../value';
import { sharedLength, splitColumns } from './columnar';
import { inputsShape } from './inputs-shape';
import { isMessages, listShape } from './list-shape';
import {
  certain,
  type DecodedRow,
  each,
  either,
  named,
  positional,
  refused,
  refusedRow,
  type Side,
  type SideName,
  these,
} from './reading';
import { RESERVED_NAMES, rowOf } from './row';
import { isTensorList, tensorRows } from './tensors';

/**
 * A JSON object. The shapes are tried in the order of this list; the first that fits decides (docs/shapes.md shows
 * an example of each). A shape answers null when the object is not of its kind.
 */
const SHAPES: readonly ((object: ValueObject, side: SideName) => Side | null)[] = [
  conversation,
  pandasSplit,
  dataframe,
  (object, side) => (side === 'input' ? inputsShape(object) : null),
  outputs,
  rowsKey,
  parallelLists,
  singleRow,
  columns,
];

export function objectShape(object: ValueObject, side: SideName): Side {
  for (const shape of SHAPES) {
    const result = shape(object, side);
    if (result !== null) return result;
  }
  return certain([rowOf(object)]);
}

/** OpenAI-style chat: one inference, however many messages it holds and however many choices come back. */
function conversation(object: ValueObject): Side | null {
  const isChat = isMessages(object.get('messages')) || isArray(object.get('choices'));
  return isChat ? certain([named(object)]) : null;
}

/** pandas `orient="split"`, bare or under MLflow's `dataframe_split`. */
function pandasSplit(object: ValueObject): Side | null {
  const wrapped = object.get('dataframe_split');
  const inner = wrapped ?? object;
  if (!isObject(inner) || !standsAlone(inner, ['columns', 'data', 'index', 'index_names', 'column_names'])) return null;
  if (wrapped !== undefined && !standsAlone(object, ['dataframe_split'])) return null;
  const names = inner.get('columns');
  const data = inner.get('data');
  if (!isArray(names) || !isArray(data)) return null;
  const columnNames = names.filter((name) => typeof name === 'string');
  if (columnNames.length < names.length) return null;
  if (new Set(columnNames).size < columnNames.length)
    return refused('DUPLICATE_NAME', 'a column name stands twice under "columns"');
  return certain(each(data, (item) => splitRow(columnNames, item)));
}

function splitRow(names: readonly string[], item: Value): DecodedRow {
  if (!isArray(item) || item.length !== names.length) {
    return refusedRow('RAGGED_ROW', `a row does not have the ${names.length} values that "columns" names`);
  }
  return named(new Map(names.map((name, at) => [name, item[at] ?? null])));
}

/** MLflow's `dataframe_records`. */
function dataframe(object: ValueObject): Side | null {
  const records = object.get('dataframe_records');
  if (!isArray(records) || !standsAlone(object, ['dataframe_records'])) return null;
  return certain(each(records, (item) => rowOf(item)));
}

/** TF Serving columnar and KServe v2 answers. */
function outputs(object: ValueObject, side: SideName): Side | null {
  const inner = object.get('outputs');
  if (side !== 'output' || inner === undefined || !standsAlone(object, ['outputs'])) return null;
  if (isTensorList(inner)) return tensorRows(inner);
  if (isArray(inner)) return certain(each(inner, (item) => rowOf(item)));
  return isObject(inner) ? (columns(inner, side) ?? certain([named(inner)])) : null;
}

// Settings of a request or facts of the model that may stand beside the rows; they are no columns.
const BESIDE_ROWS: ReadonlySet<string> = new Set([
  'signature_name',
  'parameters',
  'params',
  'configuration',
  'options',
  'model_name',
  'model_version',
  'id',
  'metadata',
  'deployedModelId',
]);
/** Nothing beside these keys but settings: what else stands there would be lost. */
function standsAlone(object: ValueObject, keys: readonly string[]): boolean {
  return [...object.keys()].every((key) => keys.includes(key) || BESIDE_ROWS.has(key));
}

const ROWS_KEYS = ['instances', 'predictions', 'scores', 'projections'];

/** `{"instances": […]}` and its kin: the key says rows. Source: cdf-inference and the algorithms' in-formats pages. */
function rowsKey(object: ValueObject, side: SideName): Side | null {
  const key = ROWS_KEYS.find((name) => object.has(name) && standsAlone(object, [name]));
  if (key === undefined) return null;
  const inner = object.get(key) ?? null;
  if (isArray(inner)) return certain(each(inner, (item) => rowOf(item)));
  if (isObject(inner)) return columns(inner, side) ?? certain([rowOf(inner)]);
  return certain([positional([inner])]);
}

/** `{"predictions": […], "probabilities": [[…]], "labels": […]}`: lists side by side, split where the length is N. */
function parallelLists(object: ValueObject): Side | null {
  const announcing = [...object.keys()].filter((key) => RESERVED_NAMES.has(key) && isArray(object.get(key)));
  if (object.size < 2 || announcing.length === 0) return null;
  const nested = announcing.find((key) => listOfLists(object.get(key)));
  const nestedRows = nested === undefined ? undefined : object.get(nested);
  const length = isArray(nestedRows) ? nestedRows.length : sharedLength(object);
  if (length === null) return null;
  const names = CLASS_NAMES.find((key) => object.has(key));
  if (names !== undefined && isArray(nestedRows) && nestedRows.every((row) => isArray(row) && row.length === length)) {
    return refused(
      'AMBIGUOUS_SHAPE',
      `"${names}" may be one label for each of the ${length} rows or the names of the ${length} classes; say which by output.mapping`,
    );
  }
  return certain(splitColumns(object, length));
}

// Under these names containers list the classes of `probabilities` (AutoGluon, LightGBM) or one label a row.
const CLASS_NAMES = ['labels', 'classes', 'class_names'];

const listOfLists = (value: Value | undefined): boolean => isArray(value) && value.length > 0 && value.every(isArray);

/** One row standing alone: `{"features": […]}`, or `{"probabilities": [[…]]}` whose outer list is rows. */
function singleRow(object: ValueObject, side: SideName): Side | null {
  if (object.size !== 1) return null;
  const [[key, inner] = ['', null]] = object;
  if (key === 'data' && isObject(inner) && inner.has('features')) return certain([rowOf(object)]);
  if (key !== 'features' && key !== 'probabilities') return null;
  return listOfLists(inner) ? listShape(inner as readonly Value[], side) : certain([rowOf(object)]);
}

/** Columns of equal length are rows; as an output, or as a single column, they may as well be one inference, and N decides. */
function columns(object: ValueObject, side: SideName): Side | null {
  if ([...object.keys()].some((key) => RESERVED_NAMES.has(key)) || object.size === 0) return null;
  const length = sharedLength(object);
  if (length === null) return null;
  const asRows = splitColumns(object, length);
  const asRecord = these([named(object)], object.size === 1 && side === 'input' ? 0 : 1);
  return either([asRows, asRecord], side === 'input' && object.size > 1 ? asRows : null);
}
