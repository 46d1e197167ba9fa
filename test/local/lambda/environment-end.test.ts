import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Functions, payloadOf } from './task-root';

const functions = new Functions();
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'capture-relay-scratch-'));
});
afterEach(async () => {
  await functions.clear();
  rmSync(scratch, { recursive: true });
});

/** The handler writes the file, then never answers: so a test knows it is inside. */
const STUCK = `
  const { writeFileSync } = require('node:fs');
  exports.handler = async (event) => {
    if (event.mark === undefined) return process.pid;
    writeFileSync(event.mark, String(process.pid));
    await new Promise(() => setInterval(() => {}, 1000));
  };`;

async function pidIn(mark: string): Promise<number> {
  while (!existsSync(mark) || readFileSync(mark, 'utf8') === '') await sleep(5);
  return Number(readFileSync(mark, 'utf8'));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A result comes before the process asks for the next event; that cannot be seen from outside. */
const becomesIdle = () => sleep(100);

test('a handler over its time is killed, and the next event gets a fresh process', async () => {
  const lambda = await functions.start(STUCK, { timeoutMs: 300 });
  const mark = path.join(scratch, 'mark');

  expect(await lambda.invoke({ mark })).toEqual({ kind: 'timeout' });

  const next = await lambda.invoke({});
  const pid = await pidIn(mark);
  expect(payloadOf(next)).not.toBe(pid);
  expect(isAlive(pid)).toBe(false);
});

test('a loop that blocks the process is over its time too', async () => {
  const lambda = await functions.start('exports.handler = async () => { for (;;); };', { timeoutMs: 300 });

  expect(await lambda.invoke({})).toEqual({ kind: 'timeout' });
});

test('a process that never asks again after its answer does not block the next event', async () => {
  const lambda = await functions.start(
    'exports.handler = async (event) => { if (event.block) setTimeout(() => { for (;;); }, 0).ref(); return event; };',
    { timeoutMs: 2_000 },
  );
  await lambda.invoke({ block: true });
  // It may just have asked for the next event before it blocked; then that one runs into its time limit, as on AWS.
  const next = await lambda.invoke({ n: 1 });

  expect(['ok', 'timeout']).toContain(next.kind);
  expect(await lambda.invoke({ n: 2 })).toMatchObject({ kind: 'ok', payload: { n: 2 } });
});

test('a process that is idle for longer than the time limit stays warm', async () => {
  const lambda = await functions.start(STUCK, { timeoutMs: 200 });
  const before = await lambda.invoke({});
  await sleep(400);

  expect(payloadOf(await lambda.invoke({}))).toBe(payloadOf(before));
});

test('kill ends a running event with its signal, and the next is a cold start', async () => {
  const lambda = await functions.start(STUCK);
  const mark = path.join(scratch, 'mark');
  const running = lambda.invoke({ mark });
  const pid = await pidIn(mark);

  lambda.kill();

  expect(await running).toEqual({ kind: 'exit', code: null, signal: 'SIGKILL' });
  expect(payloadOf(await lambda.invoke({}))).not.toBe(pid);
});

test('an idle process that is killed costs no event', async () => {
  const lambda = await functions.start(STUCK);
  const before = await lambda.invoke({});
  await becomesIdle();

  lambda.kill('SIGTERM');

  const after = await lambda.invoke({});
  expect(payloadOf(after)).not.toBe(payloadOf(before));
});

test('a process killed from outside in the middle of an event is an exit', async () => {
  const lambda = await functions.start(STUCK);
  const mark = path.join(scratch, 'mark');
  const running = lambda.invoke({ mark });

  process.kill(await pidIn(mark), 'SIGKILL');

  expect(await running).toEqual({ kind: 'exit', code: null, signal: 'SIGKILL' });
});

test.each([0, 3])('process.exit(%d) in a handler is an exit', async (code) => {
  const lambda = await functions.start('exports.handler = async (event) => process.exit(event.code);');

  expect(await lambda.invoke({ code })).toEqual({ kind: 'exit', code, signal: null });
  expect(await lambda.invoke({ code })).toEqual({ kind: 'exit', code, signal: null });
});

test('events behind a killed one are served, in order, by the process after it', async () => {
  const lambda = await functions.start(`
    const seen = [];
    exports.handler = async (event) => { if (event.die) process.kill(process.pid, 'SIGKILL'); seen.push(event.n); return [...seen]; };`);

  const [died, second, third] = await Promise.all([
    lambda.invoke({ die: true }),
    lambda.invoke({ n: 2 }),
    lambda.invoke({ n: 3 }),
  ]);

  expect(died.kind).toBe('exit');
  expect([second, third]).toMatchObject([{ payload: [2] }, { payload: [2, 3] }]);
});

describe('concurrency', () => {
  /** Enters, and leaves only when as many are inside as the event says. */
  const MEET = `
    const { readdirSync, writeFileSync } = require('node:fs');
    exports.handler = async ({ room, need }) => {
      writeFileSync(room + '/' + process.pid, '');
      while (readdirSync(room).length < need) await new Promise((resolve) => setTimeout(resolve, 5));
      return process.pid;
    };`;

  test('two environments run two events at once', async () => {
    const lambda = await functions.start(MEET, { maxConcurrency: 2 });

    const results = await Promise.all([0, 1].map(() => lambda.invoke({ room: scratch, need: 2 })));

    const pids = results.map(payloadOf);
    expect(new Set(pids).size).toBe(2);
  });

  test('with one environment the second event waits for the first', async () => {
    const lambda = await functions.start(`
      let inside = 0;
      exports.handler = async () => { inside += 1; await new Promise((r) => setTimeout(r, 20)); return inside--; };`);

    const results = await Promise.all([1, 2, 3].map(() => lambda.invoke({})));

    expect(results).toMatchObject([{ payload: 1 }, { payload: 1 }, { payload: 1 }]);
  });
});

test('a frozen process does nothing between events, and answers when thawed', async () => {
  const lambda = await functions.start(
    'let ticks = 0; setInterval(() => { ticks += 1; }, 5); exports.handler = async () => ticks;',
    { freeze: true },
  );
  const before = await lambda.invoke({});
  await sleep(500);

  const after = await lambda.invoke({});

  // Unfrozen it would tick about a hundred times.
  expect(Number(payloadOf(after)) - Number(payloadOf(before))).toBeLessThan(30);
});

test('a frozen process can be ended by a mild signal', async () => {
  const lambda = await functions.start(STUCK, { freeze: true });
  await lambda.invoke({});
  await becomesIdle();

  lambda.kill('SIGTERM');

  expect(await lambda.invoke({})).toMatchObject({ kind: 'ok' });
});

test('close ends running events and leaves no process; nothing can be invoked after it', async () => {
  const lambda = await functions.start(STUCK);
  const mark = path.join(scratch, 'mark');
  const running = lambda.invoke({ mark });
  const waiting = lambda.invoke({});
  const refusal = expect(waiting).rejects.toThrow('was closed');
  const pid = await pidIn(mark);

  await lambda.close();

  expect(await running).toMatchObject({ kind: 'exit', signal: 'SIGKILL' });
  await refusal;
  expect(isAlive(pid)).toBe(false);
  await expect(lambda.invoke({})).rejects.toThrow('is closed');
});
