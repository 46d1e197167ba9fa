import { csv } from '../support/capture-events';
import { ARTHUR_TOKEN, BUCKET, ForwardStack } from '../support/forward-stack';
import { call, captureKey, fileOf, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import { s3Event } from './notifications';
import { ARTHUR_QUAD, arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables } from './vendor-variables';

/** A team that followed Arthur's guide to SageMaker Data Capture, and swapped the code of its function. */

const ids = (run: Invocation): string[] => run.stored.get('arthur')?.map(({ id }) => id) ?? [];
const sentence = (run: Invocation, words: string): string | undefined =>
  run.logs.find(({ message }) => message.includes(words))?.message;

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners) }),
  }));
});
afterEach(() => stack.heal());
afterAll(() => stack.close());

describe("with the three variables of Arthur's guide", () => {
  it('delivers every inference of all three records of one S3 event, whatever stands in the keys', async () => {
    const objects = await Promise.all([
      stack.put(captureKey('my first file'), singles('space', 3)),
      stack.put(captureKey('a+b'), singles('plus', 4)),
      stack.put('captures/credit/dt=2026-09-01/x=1.jsonl', singles('equals', 5)),
    ]);

    const run = await forward.invoke(s3Event(...objects));

    expect(run.result.kind).toBe('ok');
    expect(ids(run)).toEqual([...singleIds('space', 3), ...singleIds('plus', 4), ...singleIds('equals', 5)]);
    expectConservation(run, { arthur: { captured: 12, delivered: 12 } });
  });

  it('takes names, order and types of the columns from the attributes of the model', async () => {
    const object = await stack.put(captureKey('typed'), fileOf(call({ ages: [37] })));

    const run = await forward.invoke(s3Event(object));

    const [stored] = run.stored.get('arthur') ?? [];
    const data = { age: 37, workclass: 'Zanzibar', income: 73914.25, score: 0.37 };
    expect(stored?.row).toEqual({
      inference_timestamp: '2026-09-01T12:00:00Z',
      partner_inference_id: 'event-1',
      inference_data: data,
    });
    expect(Object.keys(stored?.row.inference_data ?? {})).toEqual(Object.keys(data));
    expectConservation(run, { arthur: { captured: 1, delivered: 1 } });
  });

  it('works as well when ARTHUR_HOST ends with a slash', async () => {
    const env = arthurVariables(stack.partners);
    const slashed = await stack.function({ env: { ...env, ARTHUR_HOST: `${env.ARTHUR_HOST}/` } });
    const object = await stack.put(captureKey('slash'), singles('slash', 2));

    const run = await slashed.invoke(s3Event(object));

    expect(ids(run)).toEqual(singleIds('slash', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });
});

describe("the guide's example of several rows in one call", () => {
  const rows = { input: csv('1,2,3,4\n5,6,7,8\n'), output: csv('10\n20\n') };
  let quad: ForwardFunction;

  beforeAll(async () => {
    quad = await stack.function({ env: arthurVariables(stack.partners, ARTHUR_QUAD) });
  });

  it("gives every row the caller's inference id with its index", async () => {
    const event = call({ inferenceId: 'abcdefg-12345', more: rows });
    const object = await stack.put(captureKey('guide'), fileOf(event));

    const run = await quad.invoke(s3Event(object));

    expect(ids(run)).toEqual(['abcdefg-12345_0', 'abcdefg-12345_1']);
    expect(run.stored.get('arthur')?.map(({ row }) => row.inference_data)).toEqual([
      { first: 1, second: '2', third: 3, fourth: '4', cluster: '10' },
      { first: 5, second: '6', third: 7, fourth: '8', cluster: '20' },
    ]);
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it('falls back to the event id, and leaves ids of single rows bare', async () => {
    const object = await stack.put(
      captureKey('ids'),
      fileOf(
        call({ eventId: 'many', more: rows }),
        call({ eventId: 'one', more: { input: csv('1,2,3,4'), output: csv('10') } }),
        call({ inferenceId: 'named', more: { input: csv('1,2,3,4\n'), output: csv('10\n') } }),
      ),
    );

    const run = await quad.invoke(s3Event(object));

    expect(ids(run)).toEqual(['many_0', 'many_1', 'one', 'named']);
    expectConservation(run, { arthur: { captured: 4, delivered: 4 } });
  });
});

describe('when one record of an event cannot be read', () => {
  it('counts a deleted object as gone, names it, delivers the others and succeeds', async () => {
    const deleted = await stack.putPlain(captureKey('deleted'), singles('deleted', 2));
    const kept = await stack.putPlain(captureKey('kept'), singles('kept', 2));
    await stack.remove(deleted);

    const run = await forward.invoke(s3Event(deleted, kept));

    expect(run.result.kind).toBe('ok');
    expect(run.logs.find(({ state }) => state === 'gone')).toMatchObject({ level: 'error', key: deleted.key });
    expect(sentence(run, 'was deleted')).toContain(`s3://${deleted.bucket}/${deleted.key}`);
    expect(run.metrics.map(({ FilesGone }) => FilesGone)).toEqual([1, 0]);
    expect(ids(run)).toEqual(singleIds('kept', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it.each([
    { role: 'may list the bucket', denied: ['GetObject'] },
    { role: 'may not even list the bucket', denied: ['GetObject', 'ListBucket'] },
  ])('says what a role lacks that $role, delivers the others, and fails in the end', async ({ denied }) => {
    const secret = await stack.put(captureKey('secret'), singles('secret', 2));
    const open = await stack.put(captureKey('open'), singles('open', 2));
    stack.s3.faults.add({ kind: 'deny', operation: 'GetObject', key: /secret/ });
    for (const operation of denied) if (operation !== 'GetObject') stack.s3.faults.add({ kind: 'deny', operation });

    const run = await forward.invoke(s3Event(secret, open));

    const said = sentence(run, 'may not be read');
    expect(said).toContain(`s3://${BUCKET}/${secret.key}`);
    expect(said).toContain('s3:GetObject');
    expect(run.result).toMatchObject({ kind: 'error', errorMessage: expect.stringContaining(secret.key) as string });
    expect(run.metrics.map(({ FilesInFlight }) => FilesInFlight)).toEqual([1, 0]);
    expect(ids(run)).toEqual(singleIds('open', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it('counts an object that it may not read as gone when the listing shows that it is not there', async () => {
    const deleted = await stack.putPlain(captureKey('forbidden-and-gone'), singles('gone', 2));
    await stack.remove(deleted);
    stack.s3.faults.add({ kind: 'deny', operation: 'GetObject' });

    const run = await forward.invoke(s3Event(deleted));

    expect(run.result.kind).toBe('ok');
    expect(run.metrics.map(({ FilesGone }) => FilesGone)).toEqual([1]);
    expectConservation(run, { arthur: { captured: 0 } });
  });

  it('does not call a deleted object gone when its role cannot tell absent from forbidden', async () => {
    const deleted = await stack.putPlain(captureKey('vanished'), singles('vanished', 2));
    await stack.remove(deleted);
    stack.s3.faults.add({ kind: 'deny', operation: 'ListBucket' });

    const run = await forward.invoke(s3Event(deleted));

    expect(run.result.kind).toBe('error');
    expect(run.logs.map(({ state }) => state)).toContain('inFlight');
    expectConservation(run, { arthur: { captured: 0 } });
  });
});

describe('when the token was revoked', () => {
  it('keeps every inference in flight, names the token and fails, and delivers once the token is valid again', async () => {
    const objects = [
      await stack.put(captureKey('revoked-1'), singles('revoked-1', 3)),
      await stack.put(captureKey('revoked-2'), singles('revoked-2', 2)),
    ];
    stack.partners.arthur.token = 'another';

    const refused = await forward.invoke(s3Event(...objects));
    stack.partners.arthur.token = ARTHUR_TOKEN;
    const accepted = await forward.invoke(s3Event(...objects));

    expect(sentence(refused, "Arthur's token")).toContain('Arthur answered 401');
    expect(refused.result).toMatchObject({
      kind: 'error',
      errorMessage: expect.stringContaining('2 of the deliveries failed') as string,
    });
    // The first file meets the refusal with its rows at hand; the second finds a sink that cannot be opened.
    expectConservation(refused, { arthur: { captured: 3, inFlight: 3 } });
    expect(accepted.result.kind).toBe('ok');
    expectConservation(accepted, { arthur: { captured: 5, delivered: 5 } });
  });

  it('does not throw rows away for a token that may only read', async () => {
    const object = await stack.put(captureKey('read-only'), singles('read-only', 2));
    stack.partners.arthur.permissions.rawDataWrite = false;

    const run = await forward.invoke(s3Event(object));
    stack.partners.arthur.permissions.rawDataWrite = true;

    expect(sentence(run, 'raw_data write')).toContain('Arthur answered 403');
    expectConservation(run, { arthur: { captured: 2, inFlight: 2 } });
  });
});
