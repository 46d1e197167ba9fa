import { FIDDLER_CREDIT_RISK_ID } from '../../../src/local/partners/demo-models';

/** What the tests publish to Fiddler: one good event of the credit-risk model, and the body around a list of them. */
export const ROW = {
  age: 37,
  workclass: 'Private',
  income: 52000.5,
  hours: 40,
  score: 0.9,
  event_id: 'e_0',
  event_time: '2026-09-01T12:00:00Z',
};

/** `more` replaces members of the body. */
export const body = (events: unknown, model = FIDDLER_CREDIT_RISK_ID, more: object = {}) => ({
  model_id: model,
  env_type: 'PRODUCTION',
  env_name: null,
  source: { type: 'EVENTS', events },
  ...more,
});
