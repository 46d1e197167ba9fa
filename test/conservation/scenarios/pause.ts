import { anySink } from '../any-world';
import { makeFile } from '../captures';
import { isAt } from '../kills';
import { scenario } from '../scenario';

const HOUR_MS = 3_600_000;

/** Where the process stands still; the request it has sent is performed all the same. */
const POINTS = [
  ['captures GET', 1],
  ['partner POST', 6],
  ['state PUT ledger', 6],
  ['state GET ledger', 1],
] as const;

export const pause = scenario(
  'pause',
  'a process stands still for longer than its lease, another one finishes the file: it wakes, sends and writes nothing',
  (dice) => ({ sinks: [{ ...anySink(dice), batch: 3 }], concurrency: 2, timeoutMs: 20_000 }),
  async (world) => {
    const { dice, machines, traffic, clock } = world;
    const [at, most] = dice.pick(POINTS);
    const point = { at, nth: dice.int(1, most) };
    const phase = dice.pick(['before', 'after']);
    let paused: number | null = null;
    const sends = { before: 0, after: 0 };
    traffic.rules.push((seen, now) => {
      const isSend = seen.what === 'POST' && now === 'before';
      if (isSend && paused === null) sends.before += 1;
      if (isSend && seen.pid === paused && !machines.paused.has(seen.pid)) sends.after += 1;
      if (paused !== null || now !== phase || !isAt(seen, point)) return;
      paused = seen.pid;
      machines.pause(seen.pid);
    });
    await world.put(makeFile(dice, 1, { lines: [6, 20], rows: [1, 4] }));
    await world.settle(() => paused !== null && machines.running === machines.paused.size);
    await world.settle();
    clock.jump(HOUR_MS);
    const entries = JSON.stringify([...(await world.buckets.entries(world.options.sinks[0]?.name ?? ''))]);
    for (const pid of machines.paused) machines.resume(pid);
    await world.settle();
    const { batch = 0, inFlight = 0 } = world.options.sinks[0] ?? {};
    return {
      repeats: paused === null ? 0 : batch * inFlight,
      also: async (problems) => {
        const now = JSON.stringify([...(await world.buckets.entries(world.options.sinks[0]?.name ?? ''))]);
        if (now !== entries) problems.add('written by the process that woke', now.slice(0, 300));
        // Requests that were on their way already, and waited for their connections, may go out.
        const allowed = sends.before === 0 ? 0 : inFlight;
        if (sends.after > allowed) problems.add('sent by the process that woke', `${sends.after} requests`);
      },
    };
  },
);
