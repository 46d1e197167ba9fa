import { FIDDLER_CREDIT_RISK_ID, demoFiddlerModels } from '../../../src/local/partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../../../src/local/partners/fiddler';
import { at, type Caller, callerOf, formOf } from './calls';
import { body, ROW } from './fiddler-bodies';

let fiddler: FiddlerStandIn;
let call: Caller;

beforeEach(async () => {
  fiddler = await startFiddler({ token: 'secret', models: demoFiddlerModels() });
  call = callerOf(fiddler.url, { authorization: 'Bearer secret' });
});
afterEach(async () => {
  await call.close();
  await fiddler.close();
});

const publish = (events: unknown) => call('POST', '/v3/events', body(events));

test('events are deleted by a job', async () => {
  await publish([ROW, { ...ROW, event_id: 'e_1' }]);
  const reply = await call('DELETE', '/v3/events', {
    model_id: FIDDLER_CREDIT_RISK_ID,
    update_metrics: false,
    event_ids: ['e_0'],
  });
  const jobId = String(at(reply.json, 'data', 'job', 'id'));
  const job = await call('GET', `/v3/jobs/${jobId}?verbose=False`);

  expect(reply.status).toBe(202);
  expect(job.json).toMatchObject({
    data: { id: jobId, name: 'Delete events', status: 'SUCCESS', progress: 100, info: {} },
  });
  expect(fiddler.stored(FIDDLER_CREDIT_RISK_ID).map(({ id }) => id)).toEqual(['e_1']);
});

test.each([
  ['ids beside a time range', { event_ids: ['a'], time_range: {} }],
  ['10,001 ids', { event_ids: Array.from({ length: 10_001 }, String) }],
])('a deletion with %s is 400', async (_case, choice) => {
  expect((await call('DELETE', '/v3/events', { model_id: FIDDLER_CREDIT_RISK_ID, ...choice })).status).toBe(400);
});

test('a file is uploaded in one piece and published by a job', async () => {
  const form = formOf([{ name: 'file', filename: 'tmp.parquet', data: 'PAR1' }]);
  const uploaded = await call('POST', '/v3/files/upload', form.body, form.headers);
  const source = { source: { type: 'FILE', file_id: at(uploaded.json, 'data', 'id') } };
  const published = await call(
    'POST',
    '/v3/events',
    body(null, FIDDLER_CREDIT_RISK_ID, { ...source, env_type: 'PRE_PRODUCTION' }),
  );

  expect(uploaded.json).toMatchObject({
    data: {
      filename: 'tmp.parquet',
      status: 'UPLOADED',
      type: 'PARQUET',
      created_by: { full_name: 'Stand-in' },
      updated_by: {},
    },
  });
  expect(published.json).toMatchObject({ data: { source_type: 'FILE', job: { name: 'Publish events' } } });
  expect(fiddler.files).toMatchObject([{ bytes: 4, publishedTo: FIDDLER_CREDIT_RISK_ID }]);
});

test('a file is uploaded in parts, and completed only with the parts that arrived', async () => {
  const opened = await call('POST', '/v3/files/multipart-init', { filename: 'big.csv' });
  const id = String(at(opened.json, 'data', 'id'));
  const form = formOf([
    { name: 'file', filename: 'blob', data: 'a,b\n' },
    { name: 'file_id', data: id },
    { name: 'part_number', data: '1' },
  ]);
  const part = await call('POST', '/v3/files/multipart-upload', form.body, form.headers);
  const partId = at(part.json, 'data', 'part_id');
  const complete = (parts: unknown) => call('POST', '/v3/files/multipart-complete', { file_id: id, parts });

  expect((await complete([])).status).toBe(400);
  expect((await complete([{ number: 1, id: 'other' }])).status).toBe(400);
  expect((await complete([{ number: 1, id: partId }])).json).toMatchObject({
    data: { filename: 'big.csv', status: 'UPLOADED' },
  });
});

test('the calls the client makes at its start are answered', async () => {
  const info = await call('GET', '/v3/server-info');
  const versions = await call('GET', '/v3/version-compatibility?client_version=3.14.1&client_name=python-sdk');
  const model = await call('GET', `/v3/models/${FIDDLER_CREDIT_RISK_ID}`);
  const required = [
    'id',
    'name',
    'version',
    'input_type',
    'task',
    'task_params',
    'schema',
    'spec',
    'artifact_status',
    'artifact_files',
  ];
  const more = [
    'created_at',
    'updated_at',
    'created_by',
    'updated_by',
    'organization',
    'project',
    'is_binary_ranking_model',
  ];

  expect(info.json).toMatchObject({
    data: { feature_flags: {}, server_version: '26.14.0', organization: { name: 'stand-in' } },
  });
  expect(versions.status).toBe(200);
  for (const name of [...required, ...more]) expect(at(model.json, 'data', name)).toBeDefined();
});

const filter = (value: string) =>
  encodeURIComponent(JSON.stringify({ condition: 'AND', rules: [{ field: 'name', operator: 'equal', value }] }));

test('models and projects are found by name', async () => {
  const found = await call('GET', `/v3/models?filter=${filter('credit-risk')}&limit=1`);
  const none = await call('GET', `/v3/projects?filter=${filter('nothing')}`);

  expect(found.json).toMatchObject({ data: { total: 1, items: [{ id: FIDDLER_CREDIT_RISK_ID }] } });
  expect(none.json).toMatchObject({ data: { total: 0, items: [] } });
});

test('only a Bearer token is let in, and a revoked one no more', async () => {
  const bare = await call('GET', '/v3/server-info', undefined, { authorization: 'secret' });
  fiddler.token = 'next';
  const old = await call('GET', '/v3/server-info');

  expect([bare.status, old.status]).toEqual([401, 401]);
  expect(old.json).toMatchObject({ error: { code: 401, errors: [{ help: '' }] } });
});

test('the retry header of every call is noted, those a fault struck included', async () => {
  fiddler.faults.add({ fault: { kind: 'status', status: 503 }, times: 1 });
  await publish([ROW]);
  await call('POST', '/v3/events', body([ROW]), { 'x-fiddler-client-retry': '1' });

  expect(fiddler.eventsCalls.map(({ request, clientRetry }) => [request, clientRetry])).toEqual([
    [1, null],
    [2, '1'],
  ]);
});

test('the status page names models and tallies', async () => {
  expect((await call('GET', '/')).json).toMatchObject({
    standIn: 'Fiddler v3',
    models: [{ name: 'credit-risk', tally: { rows: 0 } }, {}, {}],
  });
});
