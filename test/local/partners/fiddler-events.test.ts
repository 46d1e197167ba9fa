import { FIDDLER_CREDIT_RISK_ID, FIDDLER_OPEN_ID, demoFiddlerModels } from '../../../src/local/partners/demo-models';
import { type FiddlerOptions, type FiddlerStandIn, startFiddler } from '../../../src/local/partners/fiddler';
import { type Caller, callerOf } from './calls';
import { body, ROW } from './fiddler-bodies';

let fiddler: FiddlerStandIn;
let call: Caller;

async function start(options: Partial<FiddlerOptions> = {}): Promise<void> {
  fiddler = await startFiddler({ token: 'secret', models: demoFiddlerModels(), ...options });
  call = callerOf(fiddler.url, { authorization: 'Bearer secret' });
}
beforeEach(() => start());
afterEach(stop);

async function stop(): Promise<void> {
  await call.close();
  await fiddler.close();
}

const publish = (events: unknown, model?: string) => call('POST', '/v3/events', body(events, model));

test('events are stored in order and answered with their ids', async () => {
  const reply = await publish([ROW, { ...ROW, event_id: 'e_1' }]);

  expect(reply.status).toBe(202);
  expect(reply.json).toEqual({
    api_version: '3.0',
    kind: 'NORMAL',
    data: { source_type: 'EVENTS', event_ids: ['e_0', 'e_1'] },
  });
  expect(fiddler.stored(FIDDLER_CREDIT_RISK_ID)).toMatchObject([{ id: 'e_0', row: ROW }, { id: 'e_1' }]);
});

test('the status of a publish can be 200, as the documentation says', async () => {
  await stop();
  await start({ publishStatus: 200 });

  expect((await publish([ROW])).status).toBe(200);
});

test('the same event twice is stored twice: the backend does not deduplicate', async () => {
  await publish([ROW]);
  await publish([ROW]);

  expect(fiddler.tally(FIDDLER_CREDIT_RISK_ID)).toEqual({ rows: 2, distinctIds: 1, repeats: 1, refused: 0 });
});

test.each([
  ['text for int', { ...ROW, age: '37' }],
  ['a fraction for int', { ...ROW, age: 37.5 }],
  ['text for float', { ...ROW, income: '1' }],
  ['a number for str', { ...ROW, workclass: 1 }],
  ['a time without zone', { ...ROW, event_time: '2026-09-01T12:00:00' }],
  ['no event id', { ...ROW, event_id: undefined }],
  ['a row that is no object', 1],
])('%s in one event refuses the whole call, and the answer does not name the event', async (_case, bad) => {
  const reply = await publish([ROW, bad, ROW]);

  expect(reply.status).toBe(400);
  expect(reply.json).toMatchObject({
    kind: 'ERROR',
    error: {
      code: 400,
      errors: [{ reason: 'BadRequest', message: expect.any(String) as unknown, help: expect.any(String) as unknown }],
    },
  });
  expect(reply.text).not.toMatch(/events\[|row/);
  expect(fiddler.tally(FIDDLER_CREDIT_RISK_ID)).toMatchObject({ rows: 0, refused: 3 });
});

test('with namesRow a refusal names the event and the column', async () => {
  await stop();
  await start({ namesRow: true });

  expect((await publish([ROW, { ...ROW, age: 'x' }])).text).toContain('events[1]: column age');
});

test.each(['2026-09-01T12:00:00Z', '2026-09-01T12:00:00.123Z', '2026-09-01 12:00:00.123000+00:00'])(
  'the time %s is taken',
  async (time) => {
    expect((await publish([{ ...ROW, event_time: time }])).status).toBe(202);
  },
);

test('a time must have the format that the model names', async () => {
  await stop();
  const models = demoFiddlerModels().map((model) => ({ ...model, event_ts_format: '%Y-%m-%dT%H:%M:%SZ' }));
  await start({ models });

  expect((await publish([ROW])).status).toBe(202);
  expect((await publish([{ ...ROW, event_time: '2026-09-01 12:00:00+00:00' }])).status).toBe(400);
});

test('a time may be absent, nulls fit every column, and columns outside the schema pass', async () => {
  const reply = await publish([{ event_id: 'e', age: null, workclass: null, other: { a: 1 } }]);

  expect(reply.status).toBe(202);
});

test('an open model takes any column', async () => {
  expect((await publish([{ event_id: 1, age: 'x', any: [true] }], FIDDLER_OPEN_ID)).status).toBe(202);
});

test('a model without event id column gets ids made up for it', async () => {
  await stop();
  await start({ models: demoFiddlerModels().map((model) => ({ ...model, event_id_col: null })) });

  const reply = await publish([{ age: 1 }]);

  expect(reply.json).toMatchObject({ data: { event_ids: [expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown] } });
});

test.each([
  ['no events', body([])],
  ['1,001 events', body(Array.from({ length: 1001 }, () => ROW))],
  ['another environment', body([ROW], FIDDLER_CREDIT_RISK_ID, { env_type: 'TEST' })],
  ['a stream to PRE_PRODUCTION', body([ROW], FIDDLER_CREDIT_RISK_ID, { env_type: 'PRE_PRODUCTION' })],
  ['no source', body([ROW], FIDDLER_CREDIT_RISK_ID, { source: null })],
  ['an unknown source', body([ROW], FIDDLER_CREDIT_RISK_ID, { source: { type: 'QUEUE' } })],
  ['a bare NaN', JSON.stringify(body([ROW])).replace('37', 'NaN')],
])('%s is 400', async (_case, bad) => {
  const reply = await call('POST', '/v3/events', bad);

  expect(reply.status).toBe(400);
  expect(fiddler.tally(FIDDLER_CREDIT_RISK_ID).rows).toBe(0);
});

test('1,000 events in one call are taken', async () => {
  expect((await publish(Array.from({ length: 1000 }, () => ROW))).status).toBe(202);
});

test('an unknown model is 404 with the three members of an error', async () => {
  const reply = await publish([ROW], '00000000-0000-4000-8000-000000000000');

  expect(reply.status).toBe(404);
  expect(reply.json).toMatchObject({
    error: { errors: [{ reason: 'NotFound', message: 'model not found', help: '' }] },
  });
});

test('an update changes what was published, and an unknown id changes nothing, silently', async () => {
  await publish([ROW]);
  const reply = await call(
    'PATCH',
    '/v3/events',
    body([
      { event_id: 'e_0', defaulted: 1 },
      { event_id: 'other', defaulted: 0 },
    ]),
  );
  const wrong = await call(
    'PATCH',
    '/v3/events',
    body([{ event_id: 'e_0' }], FIDDLER_CREDIT_RISK_ID, { env_type: 'PRE_PRODUCTION' }),
  );

  expect([reply.status, wrong.status]).toEqual([202, 400]);
  expect(fiddler.stored(FIDDLER_CREDIT_RISK_ID)).toMatchObject([{ updates: [{ event_id: 'e_0', defaulted: 1 }] }]);
  expect(fiddler.tally(FIDDLER_CREDIT_RISK_ID).rows).toBe(1);
});
