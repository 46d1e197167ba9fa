import { type ArthurStandIn, startArthur } from '../../../src/local/partners/arthur';
import { ARTHUR_CREDIT_RISK_ID, ARTHUR_OPEN_ID, demoArthurModels } from '../../../src/local/partners/demo-models';
import { type Caller, callerOf, formOf } from './calls';

const MODEL = `/api/v3/models/${ARTHUR_CREDIT_RISK_ID}`;
const OPEN = `/api/v3/models/${ARTHUR_OPEN_ID}`;
const ROW = { partner_inference_id: 'a', inference_timestamp: '2026-09-01T12:00:00Z', inference_data: { age: 1 } };

let arthur: ArthurStandIn;
let call: Caller;

beforeEach(async () => {
  arthur = await startArthur({ token: 'secret', models: demoArthurModels(), maxBodyBytes: 1000 });
  call = callerOf(arthur.url, { authorization: 'secret' });
});
afterEach(async () => {
  await call.close();
  await arthur.close();
});

test.each(['Bearer secret', 'other', ''])('the authorization "%s" is 401', async (authorization) => {
  const reply = await call('POST', `${MODEL}/inferences`, [ROW], { authorization });

  expect(reply.status).toBe(401);
  expect(arthur.tally(ARTHUR_CREDIT_RISK_ID).rows).toBe(0);
});

test('a token rotated while it runs lets only the new one in', async () => {
  const before = await call('POST', `${MODEL}/inferences`, [ROW]);
  arthur.token = 'next';
  const old = await call('POST', `${MODEL}/inferences`, [ROW]);
  const next = await call('POST', `${MODEL}/inferences`, [ROW], { authorization: 'next' });

  expect([before.status, old.status, next.status]).toEqual([207, 401, 207]);
});

test.each([
  ['rawDataWrite', 'POST', `${MODEL}/inferences`],
  ['readAttributes', 'GET', `${MODEL}/attributes`],
  ['readAttributes', 'GET', `${MODEL}?expand=attributes`],
  ['groundTruthWrite', 'PATCH', `${MODEL}/ground_truth`],
  ['readUser', 'GET', '/api/v3/users/me'],
] as const)('without the permission %s, %s %s is 403', async (permission, method, path) => {
  arthur.permissions[permission] = false;

  const reply = await call(method, path, method === 'GET' ? undefined : [ROW]);

  expect(reply.status).toBe(403);
});

test('a model can be read without its attributes when those are forbidden', async () => {
  arthur.permissions.readAttributes = false;

  const reply = await call('GET', MODEL);

  expect(reply.status).toBe(200);
  expect(reply.json).not.toHaveProperty('attributes');
});

test('the model shows what the client of Arthur demands, and its attributes in order', async () => {
  const reply = await call('GET', `${MODEL}?id_type=id&expand=attributes`);

  expect(reply.json).toMatchObject({
    id: ARTHUR_CREDIT_RISK_ID,
    partner_model_id: ARTHUR_CREDIT_RISK_ID,
    input_type: 'TABULAR',
    output_type: 'REGRESSION',
    status: 'Ready',
    attributes: [
      { name: 'age', stage: 'PIPELINE_INPUT', position: 0, value_type: 'INTEGER' },
      { name: 'workclass' },
      { name: 'income' },
      { name: 'hours' },
      { name: 'score', stage: 'PREDICTED_VALUE' },
      { name: 'defaulted', stage: 'GROUND_TRUTH' },
    ],
  });
});

test('attributes come in pages, and sorted as asked', async () => {
  const second = await call('GET', `${MODEL}/attributes?page=2&page_size=4&sort=name`);
  const down = await call('GET', `${MODEL}/attributes?page_size=1&sort=-name`);

  expect(second.json).toMatchObject({
    data: [{ name: 'score' }, { name: 'workclass' }],
    page: 2,
    total_pages: 2,
    total_count: 6,
  });
  expect(down.json).toMatchObject({ data: [{ name: 'workclass' }] });
});

test('an open model does not show an empty list of attributes, which would forbid every column', async () => {
  const reply = await call('GET', `${OPEN}?expand=attributes`);

  expect(reply.json).not.toHaveProperty('attributes');
});

test('the user names the organization', async () => {
  const me = await call('GET', '/api/v3/users/me');
  const info = await call('GET', '/api/v3/users/me/auth_info');

  expect(me.json).toEqual({ organization_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown });
  expect(info.status).toBe(200);
});

test.each([
  ['GET', '/api/v3/models/unknown', 404],
  ['POST', '/api/v3/models/unknown/inferences', 404],
  ['GET', '/api/v2/models', 404],
  ['DELETE', `${MODEL}/inferences`, 405],
  ['GET', '/api/v3/models/%E0%A4%A', 404],
])('%s %s is %d', async (method, path, status) => {
  expect((await call(method, path)).status).toBe(status);
});

test('a batch is closed by its status alone', async () => {
  const good = await call('PATCH', `${MODEL}/batches/b1`, { status: 'uploaded', total_record_count: 3 });
  const bad = await call('PATCH', `${MODEL}/batches/b1`, { status: 'open' });
  const large = await call('PATCH', `${MODEL}/batches/b1`, { status: 'x'.repeat(2000) });

  expect([good.status, bad.status, large.status]).toEqual([200, 400, 413]);
});

test('a body over the limit is 413 with an HTML page, and the connection serves on', async () => {
  const large = await call('POST', `${MODEL}/inferences`, JSON.stringify([{ x: 'y'.repeat(2000) }]));
  const next = await call('POST', `${MODEL}/inferences`, [ROW]);

  expect(large).toMatchObject({ status: 413, type: 'text/html', json: undefined });
  expect(next.status).toBe(207);
});

test('a JSON file is taken row by row, beside an empty batch id and a full path as its name', async () => {
  const { body, headers } = formOf([
    { name: 'batch_id', data: '' },
    { name: 'inference_data', filename: '/home/me/file.json', data: JSON.stringify([ROW, 1]) },
  ]);
  const reply = await call('POST', `${MODEL}/inferences/file`, body, headers);

  expect(reply.status).toBe(207);
  expect(reply.json).toMatchObject({ counts: { success: 1, failure: 1, total: 2 }, failures: [{ place: 'row 1' }] });
  expect(arthur.stored(ARTHUR_CREDIT_RISK_ID)).toMatchObject([{ id: 'a', via: 'file' }]);
});

test.each([
  ['no known part', formOf([{ name: 'other', data: '[]' }])],
  ['text that is no JSON', formOf([{ name: 'inference_data', data: 'x' }])],
  ['a form without end', { ...formOf([]), body: Buffer.from('--b0undary\r\n') }],
  ['no form at all', { body: Buffer.from('[]'), headers: { 'content-type': 'application/json' } }],
])('a file call with %s is 400', async (_case, { body, headers }) => {
  expect((await call('POST', `${MODEL}/inferences/file`, body, headers)).status).toBe(400);
});

test('the status page shows models and tallies without a token, and is not counted as a call', async () => {
  await call('POST', `${MODEL}/inferences`, [ROW]);
  const page = await call('GET', '/', undefined, { authorization: '' });

  expect(page.json).toMatchObject({
    standIn: 'Arthur v3',
    models: [{ name: 'credit-risk', tally: { rows: 1 } }, {}, {}],
  });
  expect(arthur.requests).toBe(1);
});

test('asking for a model that the stand-in does not have is a mistake of the test', () => {
  expect(() => arthur.tally('nothing')).toThrow('no model nothing');
});
