import { setTimeout as sleep } from 'node:timers/promises';
import { type ArthurStandIn, startArthur } from '../../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../../src/local/partners/demo-models';
import { PartnerFaults } from '../../../src/local/partners/faults';
import { at, type Caller, callerOf } from './calls';

const PATH = `/api/v3/models/${ARTHUR_OPEN_ID}/inferences`;
const row = (id: string) => ({
  partner_inference_id: id,
  inference_timestamp: '2026-09-01T12:00:00Z',
  inference_data: { a: 1 },
});
const ROWS = [row('a'), row('b'), row('c'), row('d')];

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

const read = () => call('GET', '/api/v3/users/me');
const post = () => call('POST', PATH, ROWS);
const storedIds = () => arthur.stored(ARTHUR_OPEN_ID).map(({ id }) => id);

test.each([401, 403, 404, 429, 500, 503])(
  'a status fault of %d is JSON, stores nothing, and is gone after its times',
  async (status) => {
    arthur.faults.add({ fault: { kind: 'status', status }, times: 1 });
    const struck = await post();
    const next = await post();

    expect(struck).toMatchObject({ status, type: 'application/json' });
    expect(next.status).toBe(207);
    expect(arthur.tally(ARTHUR_OPEN_ID).rows).toBe(4);
  },
);

test.each([413, 502])('a status fault of %d is an HTML page', async (status) => {
  arthur.faults.add({ fault: { kind: 'status', status } });

  expect(await post()).toMatchObject({ status, type: 'text/html', json: undefined });
});

test('a status fault can ask to wait in seconds or until a date', async () => {
  const until = new Date('2026-09-01T12:00:00Z');
  arthur.faults.add({ fault: { kind: 'status', status: 429, retryAfter: 3 }, times: 1 });
  arthur.faults.add({ fault: { kind: 'status', status: 429, retryAfter: until }, times: 1 });

  expect((await post()).headers['retry-after']).toBe('3');
  expect((await post()).headers['retry-after']).toBe('Tue, 01 Sep 2026 12:00:00 GMT');
});

test('a redirect points to another host', async () => {
  arthur.faults.add({ fault: { kind: 'status', status: 302 } });

  expect(await post()).toMatchObject({ status: 302, headers: { location: 'http://other-host.invalid/' } });
});

test.each([
  [false, 0],
  [true, 4],
])('a reset with stored: %s ends the connection with %d rows stored', async (stored, rows) => {
  arthur.faults.add({ fault: { kind: 'reset', stored } });

  await expect(post()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) as unknown });
  expect(arthur.tally(ARTHUR_OPEN_ID).rows).toBe(rows);
});

test.each([
  [false, 0],
  [true, 4],
])(
  'a hang with stored: %s never answers, with %d rows stored, and does not keep the stand-in from closing',
  async (stored, rows) => {
    arthur.faults.add({ fault: { kind: 'hang', stored } });
    const answer = post().catch((error: Error) => error.name);
    await arrival(() => arthur.requests === 1 && arthur.tally(ARTHUR_OPEN_ID).rows === rows);

    await arthur.close();

    expect(await answer).toMatch(/Error/);
    expect(arthur.tally(ARTHUR_OPEN_ID).rows).toBe(rows);
  },
);

test('a slow answer is the right one, and closing does not wait for it', async () => {
  arthur.faults.add({ fault: { kind: 'slow', delayMs: 20 }, times: 1 });
  arthur.faults.add({ fault: { kind: 'slow', delayMs: 3_600_000 }, times: 1 });
  const slow = await post();
  const never = post().catch((error: Error) => error.name);
  await arrival(() => arthur.tally(ARTHUR_OPEN_ID).rows === 8);

  await arthur.close();

  expect(slow.json).toMatchObject({ counts: { success: 4 } });
  expect(await never).toMatch(/Error/);
});

test('wrong content is a page with status 200 or JSON cut short, and the rows are stored', async () => {
  arthur.faults.add({ fault: { kind: 'wrong-content', content: 'html' }, times: 1 });
  arthur.faults.add({ fault: { kind: 'wrong-content', content: 'truncated-json' }, times: 1 });
  const page = await post();
  const cut = await post();

  expect(page).toMatchObject({ status: 200, type: 'text/html' });
  expect(cut).toMatchObject({ status: 207, type: 'application/json', json: undefined });
  expect(arthur.tally(ARTHUR_OPEN_ID).rows).toBe(8);
});

test.each([
  [400, 2],
  [503, 0],
])('rows of status %d are not stored, and %d of them count as refused', async (status, refused) => {
  arthur.faults.add({ fault: { kind: 'rows', status, rows: (index) => index % 2 === 1 } });
  const reply = await post();

  expect(reply.json).toMatchObject({
    counts: { success: 2, failure: 2, total: 4 },
    results: [{ status: 200 }, { status }, { status: 200 }, { status }],
  });
  expect(storedIds()).toEqual(['a', 'c']);
  expect(arthur.tally(ARTHUR_OPEN_ID).refused).toBe(refused);
});

test('a 207 can be total failure', async () => {
  arthur.faults.add({ fault: { kind: 'rows', status: 500 } });

  expect(await post()).toMatchObject({ status: 207, json: { counts: { success: 0, failure: 4, total: 4 } } });
  expect(storedIds()).toEqual([]);
});

test.each([
  [{ kind: 'fewer-results', by: 3 }, 1, 0],
  [{ kind: 'more-results' }, 5, 0],
  [{ kind: 'wrong-counts' }, 4, 1],
] as const)(
  'the fault %j lists %d results and counts %d failures, and stores every row',
  async (fault, results, failure) => {
    arthur.faults.add({ fault });
    const { json } = await post();

    expect(at(json, 'results')).toHaveLength(results);
    expect(at(json, 'counts', 'failure')).toBe(failure);
    expect(storedIds()).toEqual(['a', 'b', 'c', 'd']);
  },
);

test('a fault can be aimed by the number of the request, removed, and cleared', async () => {
  const remove = arthur.faults.add({ fault: { kind: 'status', status: 503 }, when: ({ number }) => number === 2 });
  const first = await post();
  const second = await post();
  remove();
  arthur.faults.add({ fault: { kind: 'status', status: 500 } });
  arthur.faults.clear();
  const third = await post();

  expect([first.status, second.status, third.status]).toEqual([207, 503, 207]);
});

test('reads are spared unless a predicate names them', async () => {
  arthur.faults.add({ fault: { kind: 'status', status: 500 } });
  const spared = await read();
  arthur.faults.add({ fault: { kind: 'status', status: 503 }, when: ({ path }) => path.endsWith('/me') });

  expect([spared.status, (await read()).status]).toEqual([200, 503]);
});

test('the same seed strikes the same calls, another seed others', () => {
  expect(strikes(7)).toEqual(strikes(7));
  expect(strikes(7)).not.toEqual(strikes(8));
  expect(strikes(7).length).toBeGreaterThan(230);
  expect(strikes(7).length).toBeLessThan(370);
});

/** Waits until it is so; gives up after some seconds, or a failing test would never end. */
async function arrival(arrived: () => boolean): Promise<void> {
  for (let look = 0; look < 3000 && !arrived(); look += 1) await sleep(1);
  expect(arrived()).toBe(true);
}

/** The calls out of 1,000 that a chance of 0.3 strikes. */
function strikes(seed: number): number[] {
  const faults = new PartnerFaults();
  faults.add({ fault: { kind: 'reset', stored: true }, probability: { chance: 0.3, seed } });
  const calls = Array.from({ length: 1000 }, (_, index) => ({
    number: index + 1,
    ingestNumber: index + 1,
    method: 'POST',
    path: '/',
  }));
  return calls.filter((one) => faults.strike(one) !== null).map(({ number }) => number);
}
