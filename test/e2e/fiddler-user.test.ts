import { csv } from '../support/capture-events';
import { ForwardStack } from '../support/forward-stack';
import { call, captureKey, fileOf, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { fiddlerVariables } from './vendor-variables';

/** A team that followed Fiddler's guide to SageMaker, and swapped the code of its function. */

const rows = (run: Invocation) => run.stored.get('fiddler')?.map(({ row }) => row) ?? [];
const ids = (run: Invocation) => run.stored.get('fiddler')?.map(({ id }) => id) ?? [];

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: fiddlerVariables(partners) }),
  }));
});
afterAll(() => stack.close());

describe("with the variables of Fiddler's guide", () => {
  it('publishes both records of one event, with the columns in the order of the variable', async () => {
    const first = await stack.put(captureKey('first'), singles('first', 2));
    const second = await stack.put(captureKey('second'), singles('second', 3));

    const run = await forward.invoke(s3Event(first, second));

    expect(run.result.kind).toBe('ok');
    expect(ids(run)).toEqual([...singleIds('first', 2), ...singleIds('second', 3)]);
    for (const row of rows(run))
      expect(Object.keys(row)).toEqual(['age', 'workclass', 'income', 'score', 'event_id', 'event_time']);
    expectConservation(run, { fiddler: { captured: 5, delivered: 5, accepted: 5 } });
  });

  it('sends the inference time as it was captured', async () => {
    const object = await stack.put(
      captureKey('time'),
      fileOf(call({ more: { inferenceTime: '2024-02-29T23:59:59Z' } })),
    );

    const run = await forward.invoke(s3Event(object));

    expect(rows(run)).toEqual([
      {
        age: 37,
        workclass: 'Zanzibar',
        income: 73914.25,
        score: 0.37,
        event_id: 'event-1',
        event_time: '2024-02-29T23:59:59Z',
      },
    ]);
    expectConservation(run, { fiddler: { captured: 1, delivered: 1, accepted: 1 } });
  });

  it('sends no time at all without FIDDLER_TIMESTAMP_COLUMN, so that the time of receipt counts', async () => {
    const { FIDDLER_TIMESTAMP_COLUMN: _, ...env } = fiddlerVariables(stack.partners);
    const untimed = await stack.function({ env });
    const object = await stack.put(captureKey('untimed'), fileOf(call({ eventId: 'untimed' })));

    const run = await untimed.invoke(s3Event(object));

    expect(rows(run)).toEqual([{ age: 37, workclass: 'Zanzibar', income: 73914.25, score: 0.37, event_id: 'untimed' }]);
    expectConservation(run, { fiddler: { captured: 1, delivered: 1, accepted: 1 } });
  });

  it('makes three events of a call with three rows, each with its own prediction', async () => {
    const object = await stack.put(captureKey('three'), fileOf(call({ eventId: 'three', ages: [21, 32, 43] })));

    const run = await forward.invoke(s3Event(object));

    expect(rows(run).map(({ age, score, event_id: id }) => ({ age, score, id }))).toEqual([
      { age: 21, score: 0.21, id: 'three_0' },
      { age: 32, score: 0.32, id: 'three_1' },
      { age: 43, score: 0.43, id: 'three_2' },
    ]);
    expectConservation(run, { fiddler: { captured: 3, delivered: 3, accepted: 3 } });
  });
});

describe('what cannot be delivered', () => {
  it('rejects a broken line by its place and delivers the lines around it', async () => {
    const good = fileOf(call({ eventId: 'before' }));
    const broken = good.slice(0, 90);
    const object = await stack.put(captureKey('broken'), `${good}${broken}\n${fileOf(call({ eventId: 'after' }))}`);

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(ids(run)).toEqual(['before', 'after']);
    expect(run.logs.filter(({ rejections }) => rejections !== undefined)).toMatchObject([
      {
        code: 'MALFORMED_LINE',
        stage: 'line',
        key: object.key,
        rejections: 1,
        places: [{ line: 2, byteOffset: Buffer.byteLength(good), byteLength: 90 }],
      },
    ]);
    expectConservation(run, { fiddler: { captured: 3, delivered: 2, accepted: 2, quarantined: 1 } });
  });

  it('rejects several unnamed outputs under one output column, and says what would cure it', async () => {
    const object = await stack.put(
      captureKey('probabilities'),
      fileOf(call({ eventId: 'several', more: { output: csv('0.1,0.7,0.2') } }), call({ eventId: 'single' })),
    );

    const run = await forward.invoke(s3Event(object));

    const [rejected] = run.logs.filter(({ rejections }) => rejections !== undefined);
    expect(rejected).toMatchObject({ code: 'COLUMN_COUNT_MISMATCH', rejections: 1, places: [{ line: 1, row: 0 }] });
    expect(rejected?.message).toMatch(/output row has 3 value\(s\).*1 name\(s\).*score.*output\.columns/);
    expect(ids(run)).toEqual(['single']);
    expectConservation(run, { fiddler: { captured: 2, delivered: 1, accepted: 1, quarantined: 1 } });
  });
});

it('says at the cold start what is weaker without a state bucket', async () => {
  const fresh = await stack.function({ env: fiddlerVariables(stack.partners) });

  const run = await fresh.invoke({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'captures' });

  expect(run.logs.find(({ message }) => message === 'cold start')).toMatchObject({
    sinks: ['fiddler'],
    weaker: expect.stringContaining('no ledger and no quarantine') as string,
  });
  expectConservation(run, {});
});
