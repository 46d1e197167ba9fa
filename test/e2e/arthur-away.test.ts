import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ForwardStack } from '../support/forward-stack';
import { captureKey, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import { failedMessages, s3Event, sqsEvent, sqsMessage } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables } from './vendor-variables';

/** A partner that takes nothing now, or has moved: every row stays in flight, and the file comes again. */

const tally = (run: Invocation) => run.logs.find(({ state }) => state !== undefined);
const COUNT = 6;
/** Leaves 2 s before the margin for the last log lines, so that retries end soon. */
const SHORT_TIMEOUT_MS = 5_000;

let stack: ForwardStack;
let forward: ForwardFunction;
let hurried: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners) }),
  }));
  hurried = await stack.function({ env: arthurVariables(stack.partners), timeoutMs: SHORT_TIMEOUT_MS });
});
afterEach(() => stack.heal());
afterAll(() => stack.close());

const faults = () => stack.partners.arthur.faults;
const put = (name: string, count = COUNT) => stack.put(captureKey(name), singles(name, count));

describe('a partner that is not there', () => {
  it('fails the message whose file it holds up, with every row in flight', async () => {
    const object = await put('down');
    // Opens the sink, so that the rows are at hand when the partner goes.
    await hurried.invoke(s3Event(await put('up', 1)));
    faults().add({ fault: { kind: 'reset', stored: false } });

    const run = await hurried.invoke(sqsEvent(sqsMessage('held-up', s3Event(object))));

    if (run.result.kind !== 'ok') throw new Error(`the invocation ended as ${run.result.kind}`);
    expect(failedMessages(run.result.payload)).toEqual(['held-up']);
    expect(tally(run)).toMatchObject({ level: 'error', state: 'inFlight' });
    expectConservation(run, { arthur: { captured: COUNT, inFlight: COUNT } });
  });

  it('does not hold an invocation until Lambda kills it when it never answers', async () => {
    const object = await put('silent');
    faults().add({ fault: { kind: 'hang', stored: false } });

    const run = await hurried.invoke(sqsEvent(sqsMessage('silent', s3Event(object))));

    expect(run.result).toMatchObject({ kind: 'ok', payload: { batchItemFailures: [{ itemIdentifier: 'silent' }] } });
    expectConservation(run, { arthur: { captured: COUNT, inFlight: COUNT } });
  });

  it.each([
    { form: 'seconds', retryAfter: () => 3_600 },
    { form: 'a date', retryAfter: () => new Date(Date.now() + 3_600_000) },
  ])('is not asked again before the time it named in $form', async ({ retryAfter }) => {
    const object = await put('come-back-later');
    faults().add({ fault: { kind: 'status', status: 429, retryAfter: retryAfter() } });

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('error');
    expect(tally(run)).toMatchObject({ state: 'inFlight', requests: 1, retries: 0 });
    expectConservation(run, { arthur: { captured: COUNT, inFlight: COUNT } });
  });

  it('fails before any row is sent when it cannot even be asked for its attributes', async () => {
    const fresh = await stack.function({ env: arthurVariables(stack.partners), timeoutMs: SHORT_TIMEOUT_MS });
    const object = await put('unopened');
    faults().add({ fault: { kind: 'status', status: 503 }, when: () => true });

    const run = await fresh.invoke(sqsEvent(sqsMessage('unopened', s3Event(object))));

    expect(run.result).toMatchObject({ kind: 'ok', payload: { batchItemFailures: [{ itemIdentifier: 'unopened' }] } });
    expect(run.metrics.map(({ FilesInFlight }) => FilesInFlight)).toEqual([1]);
    expectConservation(run, { arthur: { captured: 0 } });
  });
});

describe('a redirect', () => {
  let elsewhere: Server;
  let calls: number;

  beforeAll(async () => {
    elsewhere = createServer((_request, response) => {
      calls += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    calls = 0;
  });
  afterAll(() => new Promise((resolve) => elsewhere.close(resolve)));

  it.each([301, 302, 307, 308])('with status %i is refused, and the other host hears nothing', async (status) => {
    const object = await put(`redirect-${status}`);
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    faults().add({ fault: { kind: 'status', status, location } });

    const run = await forward.invoke(s3Event(object));

    expect(calls).toBe(0);
    expect(run.result).toMatchObject({ kind: 'error', errorMessage: expect.stringContaining('redirects') as string });
    expectConservation(run, { arthur: { captured: COUNT, inFlight: COUNT } });
  });
});
