import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoFiddlerModels, FIDDLER_CREDIT_RISK_ID } from '../../src/local/partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../../src/local/partners/fiddler';
import { pythonEnvironment } from './python-environment';
import { type RecordedCall, type RecordingProxy, startRecordingProxy } from './recording-proxy';
import { type Comparable, comparable } from './vendors/comparable';
import { captureFileOf, creditRows, rowsDocument } from './vendors/credit-rows';
import { deliverByOwnSink } from './vendors/our-sink';
import { runProgram } from './vendors/python-program';

/** Fiddler's own client on our stand-in, and our sink beside it: both must send the same. */
export const name = "Fiddler's Python client on our stand-in, and our sink in its words";

const MODEL = FIDDLER_CREDIT_RISK_ID;
/** The client sends 1,000 events a call at most, so one is left over. */
const ROWS = 2_001;
const TOKEN = 'fiddler-token';

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'fiddler', minors: [11, 14] });
  if ('skipped' in found) return found;
  const state = mkdtempSync(join(tmpdir(), 'fiddler-'));
  const rows = creditRows(ROWS);
  try {
    writeFileSync(join(state, 'rows.json'), rowsDocument(rows));
    const theirs = await withFaults(async (proxy, fiddler) => {
      const said = await runProgram(found.python, 'fiddler_publish.py', [
        proxy.url,
        TOKEN,
        MODEL,
        join(state, 'rows.json'),
      ]);
      assert.deepEqual(JSON.parse(said), { published: ROWS, updated: 3, dated: 1 });
      expectStored(fiddler, [...rows.map(({ id }) => id), 'dated']);
      const truths = rows.slice(0, 3).map(({ id, time }) => [{ event_id: id, event_time: time, defaulted: 1 }]);
      assert.deepEqual(
        fiddler
          .stored(MODEL)
          .slice(0, 3)
          .map(({ updates }) => updates),
        truths,
      );
      // A Python datetime leaves with a space where ISO 8601 has a T.
      assert.equal(fiddler.stored(MODEL).at(-1)?.row.event_time, '2026-09-01 12:00:00.123000+00:00');
    });
    const ours = await withFaults(async (proxy, fiddler) => {
      const sinks = [{ type: 'fiddler', url: proxy.url, modelId: MODEL, token: { env: 'TOKEN' } }];
      const { tally, complete } = await deliverByOwnSink({
        config: { sinks },
        token: TOKEN,
        text: captureFileOf(rows),
      });
      assert.deepEqual([complete, tally.delivered, tally.accepted, tally.retries], [true, ROWS, ROWS, 3]);
      expectStored(
        fiddler,
        rows.map(({ id }) => id),
      );
    });
    expectEqualCalls(publishesOf(ours), publishesOf(theirs).slice(0, 3));
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  return undefined;
}

/** Throttled, unavailable and reset once each, at the first call of each batch when they come in order. */
async function withFaults(
  use: (proxy: RecordingProxy, fiddler: FiddlerStandIn) => Promise<void>,
): Promise<readonly RecordedCall[]> {
  const fiddler = await startFiddler({ token: TOKEN, models: demoFiddlerModels() });
  const proxy = await startRecordingProxy(fiddler.url);
  const faults = [
    { kind: 'status', status: 429, retryAfter: 1 },
    { kind: 'status', status: 503 },
    { kind: 'reset', stored: false },
  ] as const;
  for (const [at, fault] of faults.entries())
    fiddler.faults.add({ fault, times: 1, when: ({ ingestNumber }) => ingestNumber === 1 + 2 * at });
  try {
    await use(proxy, fiddler);
    const failed = proxy.calls.filter(({ method, status }) => method === 'POST' && status !== 202);
    assert.deepEqual(
      failed.map(({ status }) => String(status)).sort(),
      ['429', '503', 'null'],
      'every fault struck once',
    );
    return proxy.calls;
  } finally {
    await Promise.all([proxy.close(), fiddler.close()]);
  }
}

function expectStored(fiddler: FiddlerStandIn, ids: readonly string[]): void {
  const stored = fiddler.stored(MODEL).map(({ id }) => id);
  assert.deepEqual(stored.sort(), [...ids].sort(), 'every event is stored once');
}

interface Publish {
  /** Without its events. */
  readonly frame: Comparable;
  readonly events: readonly Comparable[];
  readonly contentType: string | undefined;
  /** Whether it says that it is a repeat. */
  readonly retry: unknown;
}

/** The publishing calls that were taken, in the order of their first events. */
function publishesOf(calls: readonly RecordedCall[]): Publish[] {
  return calls
    .filter(({ method, path, status }) => method === 'POST' && path === '/v3/events' && status === 202)
    .map(({ body, headers }) => {
      const { source, ...frame } = comparable(body) as { source: { events: Comparable[]; type: string } };
      const { events, ...sourceFrame } = source;
      return {
        frame: { ...frame, source: sourceFrame },
        events,
        contentType: headers['content-type'],
        retry: headers['x-fiddler-client-retry'],
      };
    })
    .sort((a, b) => placeOf(a) - placeOf(b));
}

/** `order-1000` stands at 1000; the row with the datetime comes last. */
function placeOf({ events: [first] }: Publish): number {
  const id = (first as { event_id: string }).event_id;
  return Number(/^order-(\d+)$/.exec(id)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

/** Field by field, and the whole frame; the order of the members in a row is free. */
function expectEqualCalls(ours: readonly Publish[], theirs: readonly Publish[]): void {
  const sizes = (calls: readonly Publish[]) => calls.map(({ events }) => events.length);
  assert.deepEqual(
    [sizes(ours), sizes(theirs)],
    [
      [1000, 1000, 1],
      [1000, 1000, 1],
    ],
  );
  for (const [at, own] of ours.entries()) {
    const their = theirs[at];
    assert.deepEqual([own.frame, own.contentType], [their?.frame, their?.contentType]);
    own.events.forEach((event, row) => assert.deepEqual(event, their?.events[row], `event ${row} of call ${at}`));
  }
  const retries = (calls: readonly Publish[]) => calls.map(({ retry }) => retry);
  // One fault struck each call; with several calls in flight our first one may be struck twice or not at all.
  assert.deepEqual(retries(theirs), ['1', '1', '1']);
  assert.equal(
    retries(ours).reduce<number>((sum, retry) => sum + Number(retry ?? 0), 0),
    3,
    'our repeats are counted where theirs are',
  );
}
