import { ARTHUR_TOKEN, FIDDLER_TOKEN, ForwardStack } from '../support/forward-stack';
import { call, captureKey, fileOf, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, FunctionSettings, Invocation, Partners } from './forward-function';
import { failedMessages, queueArn, s3Event, sqsEvent, sqsMessage } from './notifications';
import {
  ARTHUR_CREDIT,
  ARTHUR_SHADOW,
  arthurModels,
  FIDDLER_CREDIT,
  FIDDLER_SHADOW,
  fiddlerModels,
} from './partner-models';

/** One configuration with four sinks: production and shadow traffic, each at both partners. */

const ids = (run: Invocation, sink: string): string[] => run.stored.get(sink)?.map(({ id }) => id) ?? [];

const SINKS = ['arthur', 'arthur-shadow', 'fiddler', 'fiddler-shadow'];

function settings({ arthur, fiddler }: Partners): FunctionSettings {
  const atArthur = { type: 'arthur', host: arthur.url, token: { env: 'ARTHUR_TOKEN' } };
  const atFiddler = { type: 'fiddler', url: fiddler.url, token: { env: 'FIDDLER_TOKEN' } };
  return {
    env: {
      ARTHUR_TOKEN,
      FIDDLER_TOKEN,
      CAPTURE_RELAY_SINK_QUEUES: JSON.stringify(
        Object.fromEntries(SINKS.map((sink) => [sink, queueArn(`to-${sink}`)])),
      ),
    },
    config: {
      model: 'credit',
      sinks: [
        { ...atArthur, modelId: ARTHUR_CREDIT },
        { ...atArthur, name: 'arthur-shadow', modelId: ARTHUR_SHADOW, shadow: 'only' },
        { ...atFiddler, modelId: FIDDLER_CREDIT },
        { ...atFiddler, name: 'fiddler-shadow', modelId: FIDDLER_SHADOW, shadow: 'only' },
      ],
    },
  };
}

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings,
  }));
});
afterEach(() => stack.heal());
afterAll(() => stack.close());

describe('a message of the queue of a sink', () => {
  it.each(['arthur', 'fiddler'])('goes to %s alone', async (sink) => {
    const object = await stack.put(captureKey(`to-${sink}`), singles(sink, 3));

    const run = await forward.invoke(sqsEvent(sqsMessage('only', s3Event(object), `to-${sink}`)));

    expect(ids(run, sink)).toEqual(singleIds(sink, 3));
    expectConservation(run, { [sink]: { captured: 3, delivered: 3, ...(sink === 'fiddler' ? { accepted: 3 } : {}) } });
  });

  it('goes to every sink when its queue is none of theirs', async () => {
    const object = await stack.put(captureKey('shared'), singles('shared', 2));

    const run = await forward.invoke(sqsEvent(sqsMessage('all', s3Event(object), 'another-queue')));

    expectConservation(run, {
      arthur: { captured: 2, delivered: 2 },
      'arthur-shadow': { captured: 2, skipped: 2 },
      fiddler: { captured: 2, delivered: 2, accepted: 2 },
      'fiddler-shadow': { captured: 2, skipped: 2 },
    });
  });
});

describe('a sink that is down', () => {
  it('fails its own message and changes nothing for the other sink', async () => {
    const object = await stack.put(captureKey('one-down'), singles('one-down', 4));
    stack.partners.arthur.faults.add({ fault: { kind: 'status', status: 503, retryAfter: 3_600 } });

    const run = await forward.invoke(
      sqsEvent(
        sqsMessage('for-arthur', s3Event(object), 'to-arthur'),
        sqsMessage('for-fiddler', s3Event(object), 'to-fiddler'),
      ),
    );

    if (run.result.kind !== 'ok') throw new Error(`the invocation ended as ${run.result.kind}`);
    expect(failedMessages(run.result.payload)).toEqual(['for-arthur']);
    expect(ids(run, 'fiddler')).toEqual(singleIds('one-down', 4));
    expectConservation(run, {
      arthur: { captured: 4, inFlight: 4 },
      fiddler: { captured: 4, delivered: 4, accepted: 4 },
    });
  });

  it('does not keep the others from a direct event, which fails once all were tried', async () => {
    const object = await stack.put(captureKey('one-down-direct'), singles('direct', 4));
    stack.partners.arthur.token = 'another';

    const run = await forward.invoke(s3Event(object));

    expect(run.result).toMatchObject({ kind: 'error', errorMessage: expect.stringContaining('→ arthur:') as string });
    expect(ids(run, 'fiddler')).toEqual(singleIds('direct', 4));
    expectConservation(run, {
      arthur: { captured: 4, inFlight: 4 },
      'arthur-shadow': { captured: 4, skipped: 4 },
      fiddler: { captured: 4, delivered: 4, accepted: 4 },
      'fiddler-shadow': { captured: 4, skipped: 4 },
    });
  });
});

describe('shadow traffic', () => {
  const shadowCall = (eventId: string, ages: number[] = [37]) =>
    call({ eventId, ages, more: { invocationSource: 'ShadowExperiment' } });

  it('is skipped by default and said so, and is all that a shadow sink takes', async () => {
    const text = fileOf(
      call({ eventId: 'production' }),
      shadowCall('shadow', [21, 32, 43]),
      call({ eventId: 'production-2' }),
    );
    const object = await stack.put(captureKey('shadow', 'Shadow-01'), text);

    const run = await forward.invoke(s3Event(object));

    expect(ids(run, 'arthur')).toEqual(['production', 'production-2']);
    expect(ids(run, 'arthur-shadow')).toEqual(['shadow_0', 'shadow_1', 'shadow_2']);
    expect(ids(run, 'fiddler')).toEqual(['production', 'production-2']);
    expect(ids(run, 'fiddler-shadow')).toEqual(['shadow_0', 'shadow_1', 'shadow_2']);
    const skips = run.logs.filter(({ message }) => message.startsWith('skipped: '));
    expect(skips.filter(({ sink }) => sink === 'arthur')).toMatchObject([
      { kind: 'shadow', firstLine: 2, skippedInferences: 3 },
    ]);
    expectConservation(run, {
      arthur: { captured: 5, delivered: 2, skipped: 3 },
      'arthur-shadow': { captured: 5, delivered: 3, skipped: 2 },
      fiddler: { captured: 5, delivered: 2, accepted: 2, skipped: 3 },
      'fiddler-shadow': { captured: 5, delivered: 3, accepted: 3, skipped: 2 },
    });
  });

  it('counts a shadow event that cannot be decoded once, and never as production', async () => {
    const ragged = call({ eventId: 'bad', more: { output: null, input: null, invocationSource: 'ShadowExperiment' } });
    const object = await stack.put(captureKey('bad-shadow'), fileOf(ragged, shadowCall('good')));

    const run = await forward.invoke(sqsEvent(sqsMessage('production', s3Event(object), 'to-arthur')));

    expect(ids(run, 'arthur')).toEqual([]);
    expectConservation(run, { arthur: { captured: 2, quarantined: 1, skipped: 1 } });
  });
});

describe("other files of SageMaker's, and what is broken", () => {
  it('are each accounted for beside the inferences of one file', async () => {
    const text = [
      fileOf(call({ eventId: 'good' })),
      `${JSON.stringify({ groundTruthData: { data: '1', encoding: 'CSV' }, eventMetadata: { eventId: 'x' } })}\n`,
      '\n',
      '{"captureData": {}}\n',
      'not json Zanzibar\n',
      'not json 73914.25\n',
      fileOf(call({ eventId: '' })),
      fileOf(call({ eventId: 'rows', ages: [21, 32] })),
    ].join('');
    const object = await stack.put(captureKey('of-all-kinds'), text);

    const run = await forward.invoke(sqsEvent(sqsMessage('kinds', s3Event(object), 'to-arthur')));

    expect(ids(run, 'arthur')).toEqual(['good', 'rows_0', 'rows_1']);
    const rejected = run.logs.filter(({ rejections }) => rejections !== undefined);
    expect(rejected.map(({ code, rejections, places }) => ({ code, rejections, places }))).toMatchObject([
      { code: 'NO_EVENT_ID', rejections: 2, places: [{ line: 4 }, { line: 7 }] },
      { code: 'MALFORMED_LINE', rejections: 2, places: [{ line: 5 }, { line: 6 }] },
    ]);
    expectConservation(run, { arthur: { captured: 8, delivered: 3, quarantined: 4, skipped: 1 } });
  });

  it('warns of inference ids that callers repeat, and delivers every one', async () => {
    const object = await stack.put(
      captureKey('repeated'),
      fileOf(...['0', '1', '0'].map((inferenceId) => call({ inferenceId }))),
    );

    const run = await forward.invoke(sqsEvent(sqsMessage('repeats', s3Event(object), 'to-arthur')));

    expect(run.logs.find(({ repeatedIds, level }) => repeatedIds !== undefined && level === 'warn')).toMatchObject({
      message: expect.stringContaining('identity: eventId') as string,
      repeatedIds: 1,
    });
    expect(ids(run, 'arthur')).toEqual(['0', '1', '0']);
    expectConservation(run, { arthur: { captured: 3, delivered: 3 } });
  });

  it('is done with an empty object', async () => {
    const object = await stack.put(captureKey('empty'), '');

    const run = await forward.invoke(sqsEvent(sqsMessage('empty', s3Event(object), 'to-arthur')));

    expect(run.result).toMatchObject({ kind: 'ok', payload: { batchItemFailures: [] } });
    expect(run.metrics.map(({ FilesDone }) => FilesDone)).toEqual([1]);
    expectConservation(run, { arthur: { captured: 0 } });
  });
});
