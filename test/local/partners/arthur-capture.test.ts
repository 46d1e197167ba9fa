import { type ArthurStandIn, startArthur } from '../../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../../src/local/partners/demo-models';
import { type Caller, callerOf, formOf } from './calls';

const PATH = `/api/v3/models/${ARTHUR_OPEN_ID}/inferences/integrations/sagemaker_data_capture`;

let arthur: ArthurStandIn;
let call: Caller;

beforeEach(async () => {
  arthur = await startArthur({ token: 'secret', models: demoArthurModels() });
  call = callerOf(arthur.url, { authorization: 'secret' });
});
afterEach(async () => {
  await call.close();
  await arthur.close();
});

interface Side {
  encoding: string;
  data: string;
}
const csv = (data: string): Side => ({ encoding: 'CSV', data });
const json = (value: unknown): Side => ({ encoding: 'JSON', data: JSON.stringify(value) });
const line = (input: Side | undefined, output: Side | undefined, ids: object = { eventId: 'e1' }) =>
  JSON.stringify({
    captureData: { endpointInput: input, endpointOutput: output },
    eventMetadata: { ...ids, inferenceTime: '2026-09-01T12:00:00Z' },
    eventVersion: '0',
  });
const post = (text: string) => {
  const { body, headers } = formOf([{ name: 'inference_data', filename: 'smdatacapture.jsonl', data: text }]);
  return call('POST', PATH, body, headers);
};
const ids = () => arthur.stored(ARTHUR_OPEN_ID).map(({ id }) => id);

test.each([
  ['CSV', csv('1,2\n3,4\n'), csv('0.1\n0.2')],
  [
    'JSON lists',
    json({ instances: [{ features: [1] }, { features: [2] }] }),
    json({ predictions: [{ probabilities: [1] }, { probabilities: [0] }] }),
  ],
  ['JSON objects', json({ instances: [{ age: 1 }, { age: 2 }] }), json({ predictions: [{ p: 1 }, { p: 0 }] })],
  ['CSV in and JSON out', csv('1\n2'), json({ predictions: [{ p: 1 }, { p: 0 }] })],
])('%s is decoded into two inferences with indexed ids', async (_case, input, output) => {
  const reply = await post(`${line(input, output)}\n`);

  expect(reply.status).toBe(207);
  expect(reply.json).toEqual({ counts: { success: 2, failure: 0, total: 2 }, failures: [] });
  expect(ids()).toEqual(['e1_0', 'e1_1']);
});

test('one inference has the bare id, and the inference id goes before the event id', async () => {
  await post(`${line(csv('1'), csv('2'))}\n${line(csv('1'), csv('2'), { eventId: 'e2', inferenceId: 'mine' })}`);

  expect(ids()).toEqual(['e1', 'mine']);
});

test.each([
  ['BASE64', line({ encoding: 'BASE64', data: 'MQ==' }, csv('1')), 'BASE64'],
  ['a missing side', line(csv('1'), undefined), 'both modes'],
  ['unequal sides', line(csv('1\n2'), csv('1')), '2 inputs and 1 outputs'],
  ['another JSON shape', line(json([[1, 2]]), csv('1')), 'instances'],
  ['rows that are no objects', line(json({ instances: [[1]] }), csv('1')), 'neither'],
  ['an event without ids', line(csv('1'), csv('2'), {}), 'neither inferenceId nor eventId'],
  ['a broken line', '{"captureData"', 'not a JSON object'],
])('%s is a failure of its line, and the next line is taken', async (_case, bad, message) => {
  const reply = await post(`${bad}\n${line(csv('1'), csv('2'))}\n`);

  expect(reply.status).toBe(207);
  expect(reply.json).toMatchObject({
    counts: { success: 1, failure: 1, total: 2 },
    failures: [{ place: 'line 1', message: expect.stringContaining(message) as unknown }],
  });
  expect(arthur.tally(ARTHUR_OPEN_ID)).toMatchObject({ rows: 1, refused: 1 });
});

test('a form without the part inference_data is 400', async () => {
  const { body, headers } = formOf([{ name: 'file', data: 'x' }]);

  expect((await call('POST', PATH, body, headers)).status).toBe(400);
});
