import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_CREDIT_RISK_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import { pythonEnvironment } from './python-environment';
import { type RecordedCall, type RecordingProxy, startRecordingProxy } from './recording-proxy';
import { type Comparable, comparable } from './vendors/comparable';
import { captureFileOf, creditRows, rowsDocument } from './vendors/credit-rows';
import { deliverByOwnSink } from './vendors/our-sink';
import { runProgram } from './vendors/python-program';

/** Arthur's own client on our stand-in, and our sink beside it: both must send the same rows. */
export const name = "Arthur's Python client on our stand-in, and our sink in its words";

const MODEL = ARTHUR_CREDIT_RISK_ID;
const PATH = `/api/v3/models/${MODEL}/inferences`;
const ROWS = 2_001;
const TOKEN = 'arthur-token';

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'arthur', minors: [11, 11] });
  if ('skipped' in found) return found;
  const state = mkdtempSync(join(tmpdir(), 'arthur-'));
  const rows = creditRows(ROWS);
  const ids = rows.map(({ id }) => id);
  try {
    writeFileSync(join(state, 'rows.json'), rowsDocument(rows));
    const theirs = await recorded(async (proxy, arthur) => {
      // The client repeats a file, and never a row call.
      arthur.faults.add({
        fault: { kind: 'status', status: 503 },
        times: 2,
        when: ({ path }) => path === `${PATH}/file`,
      });
      const said = await runProgram(found.python, 'arthur_send.py', [
        proxy.url,
        TOKEN,
        MODEL,
        join(state, 'rows.json'),
      ]);
      const all = { success: ROWS, failure: 0, total: ROWS };
      assert.deepEqual(JSON.parse(said), { inferences: all, truth: { success: 3, failure: 0, total: 3 }, file: all });
      expectStored(arthur, ids);
      expectTruths(arthur, rows.slice(0, 3));
    });
    expectFile(theirs);
    const ours = await recorded(async (proxy, arthur) => {
      arthur.faults.add({ fault: { kind: 'status', status: 503 }, times: 1 });
      arthur.faults.add({ fault: { kind: 'rows', status: 500, rows: (index) => index % 400 === 0 }, times: 1 });
      const sinks = [{ type: 'arthur', host: proxy.url, modelId: MODEL, token: { env: 'TOKEN' } }];
      const { tally, complete } = await deliverByOwnSink({
        config: { sinks },
        token: TOKEN,
        text: captureFileOf(rows),
      });
      assert.deepEqual([complete, tally.delivered, tally.quarantined], [true, ROWS, 0]);
      expectStored(arthur, ids);
    });
    expectEqualRows(rowsOf(ours), rowsOf(theirs));
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  return undefined;
}

async function recorded(
  use: (proxy: RecordingProxy, arthur: ArthurStandIn) => Promise<void>,
): Promise<readonly RecordedCall[]> {
  const arthur = await startArthur({ token: TOKEN, models: demoArthurModels() });
  const proxy = await startRecordingProxy(arthur.url);
  try {
    await use(proxy, arthur);
    return proxy.calls;
  } finally {
    await Promise.all([proxy.close(), arthur.close()]);
  }
}

function expectStored(arthur: ArthurStandIn, ids: readonly string[]): void {
  const stored = arthur.stored(MODEL).map(({ id }) => id);
  assert.deepEqual(stored.sort(), [...ids].sort(), 'every inference is stored once');
}

function expectTruths(arthur: ArthurStandIn, rows: readonly { id: string; time: string }[]): void {
  const truths = arthur.stored(MODEL).filter(({ updates }) => updates.length > 0);
  assert.deepEqual(
    truths.map(({ id }) => id),
    rows.map(({ id }) => id),
  );
  for (const [at, { updates }] of truths.entries())
    assert.deepEqual(updates[0]?.ground_truth_data, { defaulted: 1 }, `ground truth of row ${at}`);
}

/** Two refused calls and one that was taken, all with the same Parquet file. */
function expectFile(calls: readonly RecordedCall[]): void {
  const files = calls.filter(({ path }) => path === `${PATH}/file`);
  assert.deepEqual(
    files.map(({ status }) => status),
    [503, 503, 207],
  );
  const { counts } = JSON.parse(files.at(-1)?.answer.toString() ?? '') as { counts: unknown };
  assert.deepEqual(counts, { success: ROWS, failure: 0, total: ROWS });
  assert.ok(
    files.every(({ body }) => body.includes('PAR1')),
    'each of them carries Parquet',
  );
}

type Row = Readonly<Record<string, Comparable>>;

/** Rows in the order of their ids; one that was sent again because Arthur asked for it counts once, as it was sent last. */
function rowsOf(calls: readonly RecordedCall[]): Row[] {
  const taken = calls.filter(({ method, path, status }) => method === 'POST' && path === PATH && status === 207);
  for (const { headers } of taken) assert.equal(headers['content-type'], 'application/json');
  for (const { headers } of taken) assert.equal(headers.authorization, TOKEN, 'the token stands bare');
  const rows = taken.flatMap(({ body }) => comparable(body) as Row[]);
  return [...new Map(rows.map((row) => [idOf(row), row])).values()].sort((a, b) => numberOf(a) - numberOf(b));
}

const idOf = ({ partner_inference_id: id }: Row): string => textOf(id);
const textOf = (value: Comparable | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value));
const numberOf = (row: Row): number => Number(idOf(row).replace('order-', ''));

/**
 * Field by field, but for the one known difference: the client makes its times of Python datetimes, with `+00:00`; our
 * sink passes the captured time on, with `Z`. Both mean the same second.
 */
function expectEqualRows(ours: readonly Row[], theirs: readonly Row[]): void {
  assert.deepEqual([ours.length, theirs.length], [ROWS, ROWS]);
  for (const [at, { inference_timestamp: ourTime, ...own }] of ours.entries()) {
    const { inference_timestamp: theirTime, ...their } = theirs[at] ?? {};
    assert.deepEqual(own, their, `row ${at}`);
    assert.equal(theirTime, textOf(ourTime).replace('Z', '+00:00'), `time of row ${at}`);
  }
}
