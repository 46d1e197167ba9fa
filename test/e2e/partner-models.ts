import type { ArthurModel } from '../../src/local/partners/arthur-model';
import type { FiddlerModel } from '../../src/local/partners/fiddler-model';

/** The models the partners hold in these tests. */

export const ARTHUR_CREDIT = 'a1111111-1111-4111-8111-111111111111';
export const ARTHUR_QUAD = 'a2222222-2222-4222-8222-222222222222';
export const ARTHUR_SHADOW = 'a3333333-3333-4333-8333-333333333333';
export const FIDDLER_CREDIT = 'f1111111-1111-4111-8111-111111111111';
export const FIDDLER_SHADOW = 'f2222222-2222-4222-8222-222222222222';

/** Attributes in no order at all: `position` is what tells it. */
const credit: Pick<ArthurModel, 'attributes'> = {
  attributes: [
    { name: 'score', stage: 'PREDICTED_VALUE', position: 0, value_type: 'FLOAT' },
    { name: 'income', stage: 'PIPELINE_INPUT', position: 2, value_type: 'FLOAT' },
    { name: 'age', stage: 'PIPELINE_INPUT', position: 0, value_type: 'INTEGER' },
    { name: 'defaulted', stage: 'GROUND_TRUTH', position: 0, value_type: 'INTEGER' },
    { name: 'workclass', stage: 'PIPELINE_INPUT', position: 1, value_type: 'STRING' },
  ],
};

/** For the guide's own example, `1,2,3,4\n5,6,7,8\n`: four inputs of four types. */
const quad: Pick<ArthurModel, 'attributes'> = {
  attributes: [
    { name: 'fourth', stage: 'PIPELINE_INPUT', position: 3, value_type: 'UNSTRUCTURED_TEXT' },
    { name: 'second', stage: 'PIPELINE_INPUT', position: 1, value_type: 'STRING' },
    { name: 'third', stage: 'PIPELINE_INPUT', position: 2, value_type: 'FLOAT' },
    { name: 'first', stage: 'PIPELINE_INPUT', position: 0, value_type: 'INTEGER' },
    { name: 'cluster', stage: 'PREDICTED_VALUE', position: 0, value_type: 'STRING' },
  ],
};

export const arthurModels: readonly ArthurModel[] = [
  { id: ARTHUR_CREDIT, display_name: 'credit', ...credit },
  { id: ARTHUR_QUAD, display_name: 'quad', ...quad },
  { id: ARTHUR_SHADOW, display_name: 'credit-shadow', ...credit },
];

const fiddlerCredit: Omit<FiddlerModel, 'id' | 'name'> = {
  schema: {
    columns: [
      { name: 'score', data_type: 'float' },
      { name: 'age', data_type: 'int' },
      // Without listed categories nothing says that its values are text, so a number is sent as a number.
      { name: 'workclass', data_type: 'category' },
      { name: 'income', data_type: 'float' },
      { name: 'event_id', data_type: 'str' },
      { name: 'event_time', data_type: 'timestamp' },
    ],
  },
  spec: {
    inputs: ['age', 'workclass', 'income'],
    outputs: ['score'],
    targets: [],
    decisions: [],
    metadata: ['event_id', 'event_time'],
  },
  event_id_col: 'event_id',
  event_ts_col: 'event_time',
  event_ts_format: null,
};

export const fiddlerModels: readonly FiddlerModel[] = [
  { id: FIDDLER_CREDIT, name: 'credit', ...fiddlerCredit },
  { id: FIDDLER_SHADOW, name: 'credit-shadow', ...fiddlerCredit },
];
