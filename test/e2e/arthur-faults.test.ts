import type { StoredInference } from '../../src/local/partners/inference-store';
import { ForwardStack } from '../support/forward-stack';
import { captureKey, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables } from './vendor-variables';

/** What Arthur and the network before it may do to a request, and what becomes of the rows in it. */

const rows = (run: Invocation): readonly StoredInference[] => run.stored.get('arthur') ?? [];
const ids = (run: Invocation): string[] => rows(run).map(({ id }) => id);
const distinct = (run: Invocation): string[] => [...new Set(ids(run))].sort();
const tally = (run: Invocation) => run.logs.find(({ state }) => state !== undefined);
const rejections = (run: Invocation) => run.logs.filter((line) => line.rejections !== undefined);

// Some 200 bytes a row: the file of the test for 413 makes a request of 40 kB.
const MAX_BODY_BYTES = 16_000;
const COUNT = 6;

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels, maxBodyBytes: MAX_BODY_BYTES },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners) }),
  }));
});
afterEach(() => stack.heal());
afterAll(() => stack.close());

const faults = () => stack.partners.arthur.faults;
const put = (name: string, count = COUNT) => stack.put(captureKey(name), singles(name, count));

describe('a request that failed as a whole', () => {
  it.each([
    { what: '429 with a wait in seconds', fault: { kind: 'status', status: 429, retryAfter: 0 } as const },
    { what: '429 with a date that is over', fault: { kind: 'status', status: 429, retryAfter: new Date(0) } as const },
    { what: '503', fault: { kind: 'status', status: 503 } as const },
    { what: 'an HTML page of a proxy', fault: { kind: 'status', status: 502, html: true } as const },
    { what: 'a reset before anything was stored', fault: { kind: 'reset', stored: false } as const },
  ])('is sent again after $what: each row arrives once', async ({ fault }) => {
    const object = await put(`again-${fault.kind}`);
    faults().add({ fault, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(tally(run)).toMatchObject({ state: 'done', requests: 2, retries: 1 });
    expect(ids(run)).toEqual(singleIds(`again-${fault.kind}`, COUNT));
    expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT } });
  });

  it.each([
    { what: 'a reset after storing', fault: { kind: 'reset', stored: true } as const },
    { what: 'a page with status 200', fault: { kind: 'wrong-content', content: 'html' } as const },
    { what: 'JSON cut in the middle', fault: { kind: 'wrong-content', content: 'truncated-json' } as const },
    { what: 'counts that contradict the rows', fault: { kind: 'wrong-counts' } as const },
    { what: 'more results than rows', fault: { kind: 'more-results' } as const },
  ])(
    'is sent again when $what leaves it open whether rows were stored: doubled under their ids, never lost',
    async ({ fault }) => {
      const object = await put(`open-${fault.kind}`);
      faults().add({ fault, times: 1 });

      const run = await forward.invoke(s3Event(object));

      expect(run.result.kind).toBe('ok');
      expect(distinct(run)).toEqual(singleIds(`open-${fault.kind}`, COUNT).sort());
      expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT, alsoStored: COUNT } });
    },
  );

  it('is sent in halves after 413, down to what the partner takes', async () => {
    const count = 200;
    const object = await put('large', count);

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(new Set(rows(run).map(({ request }) => request)).size).toBeGreaterThanOrEqual(4);
    expect(distinct(run)).toEqual(singleIds('large', count).sort());
    expectConservation(run, { arthur: { captured: count, delivered: count } });
  });
});

describe("rows of one request, each with Arthur's own result", () => {
  it('are rejected alone when Arthur refuses them for good', async () => {
    const object = await put('refused');
    faults().add({ fault: { kind: 'rows', status: 400, rows: (index) => index === 2 }, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(rejections(run)).toMatchObject([
      { code: 'PARTNER_REFUSED_ROW', stage: 'deliver', rejections: 1, places: [{ line: 3, row: 0 }] },
    ]);
    expect(ids(run)).toEqual(singleIds('refused', COUNT).filter((_, at) => at !== 2));
    expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT - 1, quarantined: 1 } });
  });

  it('are sent again alone when Arthur failed on them', async () => {
    const object = await put('failed');
    faults().add({ fault: { kind: 'rows', status: 500, rows: (index) => index % 2 === 1 }, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    const requests = [...new Set(rows(run).map(({ request }) => request))];
    const idsOf = (request: number | undefined) =>
      rows(run)
        .filter((row) => row.request === request)
        .map(({ id }) => id);
    expect(requests.map(idsOf)).toEqual([
      ['failed-0', 'failed-2', 'failed-4'],
      ['failed-1', 'failed-3', 'failed-5'],
    ]);
    expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT } });
  });

  it('are told apart when one answer holds successes, refusals and failures', async () => {
    const object = await put('mixed');
    faults().add({ fault: { kind: 'rows', status: 500, rows: (index) => index === 0 }, times: 1 });
    // Of the single row that comes again.
    faults().add({ fault: { kind: 'rows', status: 422, rows: (_index, total) => total === 1 }, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(rejections(run)).toMatchObject([{ places: [{ line: 1, row: 0 }] }]);
    expect(ids(run)).toEqual(singleIds('mixed', COUNT).slice(1));
    expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT - 1, quarantined: 1 } });
  });

  it('are sent again when the answer holds no result for them', async () => {
    const object = await put('fewer');
    faults().add({ fault: { kind: 'fewer-results', by: 2 }, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(ids(run)).toEqual([...singleIds('fewer', COUNT), 'fewer-4', 'fewer-5']);
    expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT, alsoStored: 2 } });
  });

  it('are all sent again when every one of them failed', async () => {
    const object = await put('all-failed');
    faults().add({ fault: { kind: 'rows', status: 500 }, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(ids(run)).toEqual(singleIds('all-failed', COUNT));
    expectConservation(run, { arthur: { captured: COUNT, delivered: COUNT } });
  });

  it('are all rejected when every one was refused, gathered in one log line with their places', async () => {
    const object = await put('all-refused');
    faults().add({ fault: { kind: 'rows', status: 400 }, times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(rejections(run)).toHaveLength(1);
    expect(rejections(run)).toMatchObject([
      { rejections: COUNT, places: singleIds('x', COUNT).map((_, at) => ({ line: at + 1, row: 0 })) },
    ]);
    expectConservation(run, { arthur: { captured: COUNT, quarantined: COUNT } });
  });
});
