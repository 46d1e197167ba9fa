import type { JsonObject } from './json';

/** A model as Fiddler v3 describes it. The vendor's client (3.14.1) refuses one that lacks any member sent here. */
export interface FiddlerColumn {
  readonly name: string;
  readonly data_type: FiddlerDataType;
}

export type FiddlerDataType = 'int' | 'float' | 'bool' | 'str' | 'category' | 'timestamp' | 'vector';

export interface FiddlerSpec {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly targets: readonly string[];
  readonly decisions: readonly string[];
  readonly metadata: readonly string[];
}

export interface FiddlerModel {
  /** A UUID: the client sends nothing else. */
  readonly id: string;
  readonly name: string;
  /** Columns null: an open schema, any column of any type is accepted, and an empty list is shown. */
  readonly schema: { readonly columns: readonly FiddlerColumn[] | null };
  readonly spec: FiddlerSpec;
  /** Null: the partner makes up an id for every event. */
  readonly event_id_col: string | null;
  /** Null, or absent from a row: the time of receipt counts. */
  readonly event_ts_col: string | null;
  /** strptime style; null: any ISO 8601 time with a zone. */
  readonly event_ts_format: string | null;
}

const USER = { id: '0b8b0d53-6f52-4b0e-8d6c-3c1f6f1f8a01', full_name: 'Stand-in', email: 'stand-in@example.com' };
export const FIDDLER_USER: JsonObject = USER;
export const FIDDLER_ORGANIZATION: JsonObject = { id: '9a4b7d0e-8c1d-4c55-9d0c-52f0a7c6d802', name: 'stand-in' };
export const FIDDLER_PROJECT: JsonObject = { id: '4c6a2f5e-1d0b-4f3b-a4f7-7f0e7cdb4d03', name: 'bank' };
/** When everything the stand-in did not receive was made; any time will do. */
const MADE_AT = '2026-01-01T00:00:00Z';

export function describeFiddlerModel(model: FiddlerModel): JsonObject {
  return {
    id: model.id,
    name: model.name,
    version: 'v1',
    input_type: 'TABULAR',
    task: 'REGRESSION',
    task_params: {},
    schema: { schema_version: 1, columns: (model.schema.columns ?? []).map((column) => ({ ...column })) },
    spec: { schema_version: 1, ...model.spec, custom_features: [] },
    event_id_col: model.event_id_col,
    event_ts_col: model.event_ts_col,
    event_ts_format: model.event_ts_format,
    artifact_status: 'no_model',
    artifact_files: [],
    created_at: MADE_AT,
    updated_at: MADE_AT,
    created_by: USER,
    updated_by: USER,
    organization: FIDDLER_ORGANIZATION,
    project: FIDDLER_PROJECT,
    is_binary_ranking_model: false,
  };
}

export function describeProject(): JsonObject {
  return {
    ...FIDDLER_PROJECT,
    created_at: MADE_AT,
    updated_at: MADE_AT,
    created_by: USER,
    updated_by: USER,
    organization: FIDDLER_ORGANIZATION,
  };
}
