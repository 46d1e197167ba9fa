import type { Body, PartnerName } from './captured-bodies';

/** Bodies a validator must refuse. One that passes shows that it does not look, as one does whose schema was not understood. */
const ROW = {
  inference_timestamp: '2026-09-01T12:00:00Z',
  partner_inference_id: 'order-1',
  inference_data: { age: 37 },
};
const { partner_inference_id: _, ...ROW_WITHOUT_ID } = ROW;

const MODEL_ID = '550e8400-e29b-41d4-a716-446655440000';
const EVENT = { age: 37, event_id: 'order-1' };
const PUBLISH = {
  model_id: MODEL_ID,
  env_type: 'PRODUCTION',
  env_name: null,
  source: { type: 'EVENTS', events: [EVENT] },
};

const ARTHUR: Readonly<Record<string, unknown>> = {
  'no array': ROW,
  'an empty array': [],
  'a row without an id': [ROW_WITHOUT_ID],
  'a time without a zone': [{ ...ROW, inference_timestamp: '2026-09-01T12:00:00' }],
  'a member nobody knows': [{ ...ROW, endpoint: 'credit-risk' }],
  'data as a list': [{ ...ROW, inference_data: [37] }],
  'a second row that is wrong': [ROW, { ...ROW, partner_inference_id: 7 }],
};

const FIDDLER: Readonly<Record<string, unknown>> = {
  'more than 1,000 events': {
    ...PUBLISH,
    source: { type: 'EVENTS', events: Array.from({ length: 1001 }, () => EVENT) },
  },
  'a model that is no UUID': { ...PUBLISH, model_id: 'credit-risk' },
  'an environment nobody knows': { ...PUBLISH, env_type: 'STAGING' },
  'no events': { ...PUBLISH, source: { type: 'EVENTS' } },
  'an event that is a list': { ...PUBLISH, source: { type: 'EVENTS', events: [[37]] } },
  // Null is allowed there, which must not open the member to everything.
  'an environment name that is a number': { ...PUBLISH, env_name: 7 },
  'no source': { model_id: MODEL_ID, env_type: 'PRODUCTION' },
};

/** The right ones they were made from: what refuses these refuses everything. */
const RIGHT: Readonly<Record<PartnerName, unknown>> = { arthur: [ROW], fiddler: PUBLISH };

const PATHS: Readonly<Record<PartnerName, string>> = {
  arthur: `/models/${MODEL_ID}/inferences`,
  fiddler: '/v3/events',
};

const posted = (partner: PartnerName, body: unknown): Body => ({
  method: 'POST',
  path: PATHS[partner],
  body: JSON.stringify(body),
});

export const rightBody = (partner: PartnerName): Body => posted(partner, RIGHT[partner]);

export const wrongBodies = (partner: PartnerName): { readonly what: string; readonly body: Body }[] =>
  Object.entries(partner === 'arthur' ? ARTHUR : FIDDLER).map(([what, body]) => ({
    what,
    body: posted(partner, body),
  }));
