import { csv } from '../support/capture-events';
import { ForwardStack } from '../support/forward-stack';
import { call, captureKey, fileOf, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { fiddlerVariables } from './vendor-variables';

/** Fiddler answers for a whole call, and names no event: what that means for the rows in it. */

const ids = (run: Invocation): string[] => run.stored.get('fiddler')?.map(({ id }) => id) ?? [];
const distinct = (run: Invocation): string[] => [...new Set(ids(run))].sort();
const tally = (run: Invocation) => run.logs.find(({ state }) => state !== undefined);
const rejections = (run: Invocation) => run.logs.filter((line) => line.rejections !== undefined);

const MAX_BODY_BYTES = 8_000;
const COUNT = 6;

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels, maxBodyBytes: MAX_BODY_BYTES },
    settings: (partners) => ({ env: fiddlerVariables(partners) }),
  }));
});
afterEach(() => stack.heal());
afterAll(() => stack.close());

const faults = () => stack.partners.fiddler.faults;
const put = (name: string, count = COUNT) => stack.put(captureKey(name), singles(name, count));

describe('a call that failed as a whole', () => {
  it.each([
    { what: '429', fault: { kind: 'status', status: 429, retryAfter: 0 } as const, doubled: 0 },
    { what: '503', fault: { kind: 'status', status: 503 } as const, doubled: 0 },
    { what: 'a page of a proxy', fault: { kind: 'status', status: 502, html: true } as const, doubled: 0 },
    { what: 'a reset before storing', fault: { kind: 'reset', stored: false } as const, doubled: 0 },
    { what: 'a reset after storing', fault: { kind: 'reset', stored: true } as const, doubled: COUNT },
    { what: 'a page with status 200', fault: { kind: 'wrong-content', content: 'html' } as const, doubled: COUNT },
  ])(
    'is sent again after $what and told as a retry: never lost, doubled under the same ids at most',
    async ({ fault, doubled }) => {
      const object = await put('again');
      const before = stack.partners.fiddler.eventsCalls.length;
      faults().add({ fault, times: 1 });

      const run = await forward.invoke(s3Event(object));

      expect(run.result.kind).toBe('ok');
      expect(distinct(run)).toEqual(singleIds('again', COUNT));
      const marks = stack.partners.fiddler.eventsCalls.slice(before).map(({ clientRetry }) => clientRetry);
      expect(marks).toEqual([null, '1']);
      expectConservation(run, {
        fiddler: { captured: COUNT, delivered: COUNT, accepted: COUNT, alsoStored: doubled },
      });
    },
  );

  it('is sent in halves after 413', async () => {
    const count = 150;
    const object = await put('large', count);

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(tally(run)).toMatchObject({ retries: 0 });
    expect(distinct(run)).toEqual(singleIds('large', count).sort());
    expectConservation(run, { fiddler: { captured: count, delivered: count, accepted: count } });
  });
});

describe('a call that Fiddler refuses for one event it does not name', () => {
  // A category is text; nothing in the model's schema says so, and 7 is captured as a number.
  const bad = call({ eventId: 'bad', more: { input: csv('37,7,73914.25') } });
  const good = Array.from({ length: 9 }, (_, at) => call({ eventId: `good-${at}` }));

  it('loses that event alone, with its place; its neighbours are delivered once', async () => {
    const object = await stack.put(captureKey('one-bad'), fileOf(...good.slice(0, 4), bad, ...good.slice(4)));

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(rejections(run)).toMatchObject([
      { code: 'PARTNER_REFUSED', stage: 'deliver', rejections: 1, places: [{ line: 5, row: 0 }] },
    ]);
    expect([...ids(run)].sort()).toEqual(singleIds('good', 9));
    expectConservation(run, { fiddler: { captured: 10, delivered: 9, accepted: 9, quarantined: 1 } });
  });

  it('loses several such events, each by its own place', async () => {
    const object = await stack.put(captureKey('two-bad'), fileOf(bad, ...good, bad));

    const run = await forward.invoke(s3Event(object));

    expect(rejections(run).flatMap(({ places }) => places)).toMatchObject([{ line: 1 }, { line: 11 }]);
    expect([...ids(run)].sort()).toEqual(singleIds('good', 9));
    expectConservation(run, { fiddler: { captured: 11, delivered: 9, accepted: 9, quarantined: 2 } });
  });
});

it('keeps every event in flight when the token was revoked, and names the token', async () => {
  const object = await put('revoked');
  stack.partners.fiddler.token = 'another';

  const run = await forward.invoke(s3Event(object));

  expect(run.result).toMatchObject({
    kind: 'error',
    errorMessage: expect.stringContaining("Fiddler's token") as string,
  });
  expectConservation(run, { fiddler: { captured: COUNT, inFlight: COUNT } });
});

it('keeps every event in flight when the model was deleted, and names the model', async () => {
  const object = await put('no-model');
  faults().add({ fault: { kind: 'status', status: 404 } });

  const run = await forward.invoke(s3Event(object));

  expect(run.result).toMatchObject({
    kind: 'error',
    errorMessage: expect.stringContaining('the model does not exist') as string,
  });
  expectConservation(run, { fiddler: { captured: COUNT, inFlight: COUNT } });
});
