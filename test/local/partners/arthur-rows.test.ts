import { type ArthurStandIn, startArthur } from '../../../src/local/partners/arthur';
import { ARTHUR_CREDIT_RISK_ID, ARTHUR_OPEN_ID, demoArthurModels } from '../../../src/local/partners/demo-models';
import { type Caller, callerOf } from './calls';

const CREDIT = `/api/v3/models/${ARTHUR_CREDIT_RISK_ID}/inferences`;
const OPEN = `/api/v3/models/${ARTHUR_OPEN_ID}/inferences`;
const ROW = {
  partner_inference_id: 'call-1_0',
  inference_timestamp: '2026-09-01T12:00:00Z',
  inference_data: { age: 37, workclass: 'Private', income: 52000.5, hours: 40, score: 0.91 },
};
const TRUTH = { ground_truth_timestamp: '2026-09-02T00:00:00+00:00', ground_truth_data: { defaulted: 1 } };

let arthur: ArthurStandIn;
let call: Caller;

beforeEach(async () => {
  arthur = await startArthur({
    token: 'secret',
    models: [...demoArthurModels(), { id: 'batches', attributes: null, is_batch: true }],
  });
  call = callerOf(arthur.url, { authorization: 'secret' });
});
afterEach(async () => {
  await call.close();
  await arthur.close();
});

const withData = (data: object) => ({ ...ROW, inference_data: { ...ROW.inference_data, ...data } });

test('a good row is stored and answered 207 with its id', async () => {
  const reply = await call('POST', CREDIT, [ROW]);

  expect(reply.status).toBe(207);
  expect(reply.json).toEqual({
    counts: { success: 1, failure: 0, total: 1 },
    results: [{ partner_inference_id: 'call-1_0', message: 'success', status: 200 }],
  });
  expect(arthur.stored(ARTHUR_CREDIT_RISK_ID)).toMatchObject([{ id: 'call-1_0', row: ROW, via: 'rows', request: 1 }]);
});

test.each([
  ['a row that is no object', 17, 'must be an object'],
  ['a null row', null, 'must be an object'],
  ['an id that is a number', { ...ROW, partner_inference_id: 7 }, 'partner_inference_id'],
  ['an empty id', { ...ROW, partner_inference_id: '' }, 'partner_inference_id'],
  ['no time', { ...ROW, inference_timestamp: undefined }, 'inference_timestamp is required'],
  ['a time without zone', { ...ROW, inference_timestamp: '2026-09-01T12:00:00' }, 'time zone'],
  ['a day that does not exist', { ...ROW, inference_timestamp: '2026-02-30T12:00:00Z' }, 'time zone'],
  ['no data', { ...ROW, inference_data: undefined }, 'inference_data must be an object'],
  ['an unknown member', { ...ROW, colour: 'red' }, 'unknown member colour'],
  ['an unknown attribute', withData({ shoe: 44 }), 'no attribute shoe'],
  ['a name every object inherits', withData({ constructor: 1 }), 'no attribute constructor'],
  ['ground truth among the data', withData({ defaulted: 1 }), 'does not belong'],
  ['text for INTEGER', withData({ age: '37' }), 'age must be INTEGER'],
  ['a fraction for INTEGER', withData({ age: 37.5 }), 'age must be INTEGER'],
  ['text for FLOAT', withData({ income: '1' }), 'income must be FLOAT'],
  ['a number for STRING', withData({ workclass: 1 }), 'workclass must be STRING'],
  [
    'ground truth without its time',
    { ...ROW, ground_truth_data: { defaulted: 1 } },
    'ground_truth_timestamp is required',
  ],
])('%s is refused alone, with 400 in its own result', async (_case, bad, message) => {
  const reply = await call('POST', CREDIT, [ROW, bad, ROW]);

  expect(reply.status).toBe(207);
  expect(reply.json).toMatchObject({
    counts: { success: 2, failure: 1, total: 3 },
    results: [{ status: 200 }, { status: 400, message: expect.stringContaining(message) as unknown }, { status: 200 }],
  });
  expect(arthur.tally(ARTHUR_CREDIT_RISK_ID)).toMatchObject({ rows: 2, refused: 1 });
});

test.each(['2026-09-01T12:00:00.123000+00:00', '2026-09-01T14:00:00+0200', '2026-09-01T12:00:00.5Z'])(
  'the time %s is taken',
  async (time) => {
    const reply = await call('POST', CREDIT, [{ ...ROW, inference_timestamp: time }]);

    expect(reply.json).toMatchObject({ counts: { success: 1 } });
  },
);

test('null fits every attribute, and an attribute may be absent', async () => {
  const reply = await call('POST', CREDIT, [{ ...ROW, inference_data: { age: null, workclass: null, score: null } }]);

  expect(reply.json).toMatchObject({ counts: { success: 1 } });
});

test('an open model takes any name and any value', async () => {
  const reply = await call('POST', OPEN, [{ ...ROW, inference_data: { ['__proto__']: 1, nested: { a: [1] } } }]);

  expect(reply.json).toMatchObject({ counts: { success: 1 } });
});

test('a call whose rows all fail is still 207', async () => {
  const reply = await call('POST', CREDIT, [1, 2]);

  expect(reply.status).toBe(207);
  expect(reply.json).toMatchObject({ counts: { success: 0, failure: 2, total: 2 } });
  expect(arthur.stored(ARTHUR_CREDIT_RISK_ID)).toEqual([]);
});

test.each([
  [
    'a bare NaN',
    `[{"partner_inference_id":"a","inference_timestamp":"2026-09-01T12:00:00Z","inference_data":{"income":NaN}}]`,
  ],
  ['an object', JSON.stringify(ROW)],
  ['an empty array', '[]'],
  ['an empty body', ''],
  ['broken UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
])('%s as the body refuses the whole request with 400', async (_case, body) => {
  const reply = await call('POST', CREDIT, body);

  expect(reply.status).toBe(400);
  expect(arthur.tally(ARTHUR_CREDIT_RISK_ID).rows).toBe(0);
});

test('the same id twice is stored twice and counted as a repeat', async () => {
  await call('POST', CREDIT, [ROW]);
  await call('POST', CREDIT, [ROW]);

  expect(arthur.stored(ARTHUR_CREDIT_RISK_ID).map(({ request }) => request)).toEqual([1, 2]);
  expect(arthur.tally(ARTHUR_CREDIT_RISK_ID)).toEqual({ rows: 2, distinctIds: 1, repeats: 1, refused: 0 });
});

test('a batch model wants a batch id in every row', async () => {
  const path = '/api/v3/models/batches/inferences';
  const reply = await call('POST', path, [{ ...ROW, batch_id: 'b1' }, ROW]);

  expect(reply.json).toMatchObject({ results: [{ status: 200 }, { status: 400 }] });
});

test.each(['inferences', 'ground_truth'])(
  'PATCH %s adds ground truth, and says 404 for an id it never saw',
  async (path) => {
    await call('POST', CREDIT, [ROW]);
    const reply = await call('PATCH', `/api/v3/models/${ARTHUR_CREDIT_RISK_ID}/${path}`, [
      { partner_inference_id: 'call-1_0', ...TRUTH },
      { partner_inference_id: 'other', ...TRUTH },
      { partner_inference_id: 'call-1_0' },
    ]);
    const read = await call('GET', `${CREDIT}/query/call-1_0`);

    expect(reply.json).toMatchObject({ results: [{ status: 200 }, { status: 404 }, { status: 400 }] });
    expect(read.json).toMatchObject({ ...ROW, ...TRUTH });
    expect(arthur.tally(ARTHUR_CREDIT_RISK_ID).rows).toBe(1);
  },
);

test('an inference that was never sent cannot be read back', async () => {
  const reply = await call('GET', `${CREDIT}/query/nothing`);

  expect(reply.status).toBe(404);
});

test('with keep counts nothing is stored, and the tally still knows repeats', async () => {
  arthur.keep = 'counts';
  await call('POST', CREDIT, [ROW, { ...ROW, partner_inference_id: 'second' }]);
  await call('POST', CREDIT, [ROW, 5]);

  expect(arthur.stored(ARTHUR_CREDIT_RISK_ID)).toEqual([]);
  expect(arthur.tally(ARTHUR_CREDIT_RISK_ID)).toEqual({ rows: 3, distinctIds: 2, repeats: 1, refused: 1 });
});
