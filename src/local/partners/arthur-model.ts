import type { JsonObject } from './json';

/** A model as Arthur v3 describes it, with the members its Python client cannot do without (arthurai 3.33.3). */
export interface ArthurAttribute {
  readonly name: string;
  readonly stage: ArthurStage;
  /** Orders the columns of a stage, from 0. */
  readonly position: number | null;
  readonly value_type: ArthurValueType;
}

export type ArthurStage =
  | 'PIPELINE_INPUT'
  | 'PREDICT_FUNCTION_INPUT'
  | 'PREDICTED_VALUE'
  | 'NON_INPUT_DATA'
  | 'GROUND_TRUTH'
  | 'GROUND_TRUTH_CLASS';

export type ArthurValueType =
  | 'STRING'
  | 'INTEGER'
  | 'FLOAT'
  | 'IMAGE'
  | 'BOOLEAN'
  | 'TIMESTAMP'
  | 'UNSTRUCTURED_TEXT'
  | 'BOUNDING_BOX'
  | 'TOKENS'
  | 'TOKEN_LIKELIHOODS'
  | 'RANKED_LIST'
  | 'ARRAY(STRING)'
  | 'TIME_SERIES';

export interface ArthurModel {
  readonly id: string;
  /** Null: an open schema, any name and any value is accepted. */
  readonly attributes: readonly ArthurAttribute[] | null;
  readonly partner_model_id?: string;
  readonly display_name?: string;
  /** Default `TABULAR`. */
  readonly input_type?: 'TABULAR' | 'NLP' | 'IMAGE' | 'TIME_SERIES';
  /** Default `REGRESSION`. */
  readonly output_type?:
    | 'REGRESSION'
    | 'MULTICLASS'
    | 'MULTILABEL'
    | 'OBJECT_DETECTION'
    | 'TOKEN_SEQUENCE'
    | 'RANKED_LIST';
  /** Every row of a batch model names its batch. Default false. */
  readonly is_batch?: boolean;
}

/** The model as `GET models/{id}` shows it. An open model has no `attributes` member: an empty list would forbid every column. */
export function describeModel(model: ArthurModel, withAttributes: boolean): JsonObject {
  const described = {
    id: model.id,
    partner_model_id: model.partner_model_id ?? model.id,
    display_name: model.display_name ?? model.id,
    input_type: model.input_type ?? 'TABULAR',
    output_type: model.output_type ?? 'REGRESSION',
    status: 'Ready',
    is_batch: model.is_batch ?? false,
  };
  if (!withAttributes || model.attributes === null) return described;
  return { ...described, attributes: model.attributes.map((attribute) => describeAttribute(model, attribute)) };
}

function describeAttribute(model: ArthurModel, attribute: ArthurAttribute): JsonObject {
  return {
    id: `${model.id}:${attribute.name}`,
    ...attribute,
    categorical: false,
    monitor_for_bias: false,
    is_unique: false,
  };
}

/** One page of attributes. `page` counts from 1; an unreadable number falls back to page 1 of 20. */
export function attributePage(model: ArthurModel, query: URLSearchParams): JsonObject {
  const attributes = sorted(model.attributes ?? [], query.get('sort') ?? 'position');
  const page = positive(query.get('page'), 1);
  const pageSize = positive(query.get('page_size'), 20);
  const data = attributes
    .slice((page - 1) * pageSize, page * pageSize)
    .map((attribute) => describeAttribute(model, attribute));
  return {
    data,
    page,
    page_size: pageSize,
    total_pages: Math.ceil(attributes.length / pageSize),
    total_count: attributes.length,
  };
}

function positive(text: string | null, otherwise: number): number {
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : otherwise;
}

/** `name`, `-name`, `position` …; attributes without a position come last. */
function sorted(attributes: readonly ArthurAttribute[], sort: string): readonly ArthurAttribute[] {
  const last = Number.MAX_SAFE_INTEGER;
  const byName = sort.replace(/^-/, '') === 'name';
  const ordered = attributes.toSorted((a, b) =>
    byName ? compareText(a.name, b.name) : (a.position ?? last) - (b.position ?? last),
  );
  return sort.startsWith('-') ? ordered.toReversed() : ordered;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
