import type { ArthurModel } from './arthur-model';
import type { FiddlerModel, FiddlerSpec } from './fiddler-model';

/** The models the local run starts with: one credit-risk model with a schema, one that takes anything, one for shadow traffic. */
export const ARTHUR_CREDIT_RISK_ID = 'a0000000-0000-4000-8000-000000000001';
export const ARTHUR_OPEN_ID = 'a0000000-0000-4000-8000-000000000002';
export const ARTHUR_SHADOW_ID = 'a0000000-0000-4000-8000-000000000003';
export const FIDDLER_CREDIT_RISK_ID = 'f0000000-0000-4000-8000-000000000001';
export const FIDDLER_OPEN_ID = 'f0000000-0000-4000-8000-000000000002';
export const FIDDLER_SHADOW_ID = 'f0000000-0000-4000-8000-000000000003';

export function demoArthurModels(): ArthurModel[] {
  const open = { attributes: null };
  return [
    {
      id: ARTHUR_CREDIT_RISK_ID,
      display_name: 'credit-risk',
      attributes: [
        { name: 'age', stage: 'PIPELINE_INPUT', position: 0, value_type: 'INTEGER' },
        { name: 'workclass', stage: 'PIPELINE_INPUT', position: 1, value_type: 'STRING' },
        { name: 'income', stage: 'PIPELINE_INPUT', position: 2, value_type: 'FLOAT' },
        { name: 'hours', stage: 'PIPELINE_INPUT', position: 3, value_type: 'INTEGER' },
        { name: 'score', stage: 'PREDICTED_VALUE', position: 0, value_type: 'FLOAT' },
        { name: 'defaulted', stage: 'GROUND_TRUTH', position: 0, value_type: 'INTEGER' },
      ],
    },
    { id: ARTHUR_OPEN_ID, display_name: 'open', ...open },
    { id: ARTHUR_SHADOW_ID, display_name: 'open-shadow', ...open },
  ];
}

const EVENT_COLUMNS = { event_id_col: 'event_id', event_ts_col: 'event_time', event_ts_format: null };

export function demoFiddlerModels(): FiddlerModel[] {
  const metadata = ['event_id', 'event_time'];
  const nothing: FiddlerSpec = { inputs: [], outputs: [], targets: [], decisions: [], metadata };
  const open = { schema: { columns: null }, spec: nothing, ...EVENT_COLUMNS };
  return [
    {
      id: FIDDLER_CREDIT_RISK_ID,
      name: 'credit-risk',
      schema: {
        columns: [
          { name: 'age', data_type: 'int' },
          { name: 'workclass', data_type: 'str' },
          { name: 'income', data_type: 'float' },
          { name: 'hours', data_type: 'int' },
          { name: 'score', data_type: 'float' },
          { name: 'defaulted', data_type: 'int' },
          { name: 'event_id', data_type: 'str' },
          { name: 'event_time', data_type: 'timestamp' },
        ],
      },
      spec: {
        inputs: ['age', 'workclass', 'income', 'hours'],
        outputs: ['score'],
        targets: ['defaulted'],
        decisions: [],
        metadata,
      },
      ...EVENT_COLUMNS,
    },
    { id: FIDDLER_OPEN_ID, name: 'open', ...open },
    { id: FIDDLER_SHADOW_ID, name: 'open-shadow', ...open },
  ];
}
