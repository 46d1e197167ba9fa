import type { ArthurValueType } from './arthur-model';
import { isJsonArray, isJsonObject, type Json } from './json';
import { isZonedTime } from './zoned-time';

const isString = (value: Json) => typeof value === 'string';
const isNumber = (value: Json) => typeof value === 'number';
const isStrings = (value: Json) => isJsonArray(value) && value.every(isString);
const isTimeSeries = (value: Json) =>
  isJsonArray(value) && value.every((item) => isJsonObject(item) && 'value' in item && isTime(item['timestamp']));

const FITS: Readonly<Record<ArthurValueType, (value: Json) => boolean>> = {
  STRING: isString,
  UNSTRUCTURED_TEXT: isString,
  IMAGE: isString,
  INTEGER: (value) => Number.isInteger(value),
  FLOAT: isNumber,
  BOOLEAN: (value) => typeof value === 'boolean',
  TIMESTAMP: isTime,
  'ARRAY(STRING)': isStrings,
  TOKENS: isStrings,
  BOUNDING_BOX: isJsonArray,
  TOKEN_LIKELIHOODS: isJsonArray,
  RANKED_LIST: isJsonArray,
  TIME_SERIES: isTimeSeries,
};

/** Whether a value fits an attribute's type. Null fits every type: it stands for NaN and both infinities too. */
export function fitsValueType(value: Json, type: ArthurValueType): boolean {
  return value === null || FITS[type](value);
}

function isTime(value: Json | undefined): boolean {
  return typeof value === 'string' && isZonedTime(value, 'T');
}
