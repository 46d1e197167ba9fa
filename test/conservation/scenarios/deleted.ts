import { anySink } from '../any-world';
import { makeFile, placeOf } from '../captures';
import { explainedRepeats } from '../explained';
import { heldAt } from '../held';
import { judgeEquation } from '../judge-file';
import { isAt } from '../kills';
import { scenario } from '../scenario';
import { slow } from '../traffic';
import { ONE_SINK } from '../world-options';

export const deleted = scenario(
  'deleted',
  'a file is deleted before it is read, or in the middle: it is gone, what was delivered counts, and nobody retries',
  (dice) => ({ sinks: [{ ...anySink(dice), batch: 3, inFlight: 2 }], timeoutMs: 3_600, concurrency: 1 }),
  async (world) => {
    const { dice, traffic, options } = world;
    const sink = options.sinks[0] ?? ONE_SINK;
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? 40 : 0)));
    const capture = await world.put(makeFile(dice, 1, { lines: [20, 40], rows: [1, 3] }));
    const point = { at: dice.pick(['partner POST', 'captures GET', 'state GET ledger']), nth: dice.int(1, 4) };
    traffic.rules.push((seen, phase) =>
      phase === 'before' && isAt(seen, point) ? world.buckets.remove(capture.key) : undefined,
    );
    await world.settle();
    return {
      except: [capture],
      also: async (problems) => {
        const entry = (await world.buckets.entries(sink.name)).get(capture.key);
        if (entry === undefined) return problems.add('has no ledger entry', 'the deleted file');
        if (entry.state !== 'gone' && entry.state !== 'done') problems.add('state', entry.state);
        if (entry.state === 'done') problems.same('ledger', 'done', entry.counts.captured, capture.made.units.length);
        judgeEquation(entry, 'deleted', problems);
        const held = heldAt(world, sink.name);
        const stored = capture.made.units.filter(({ line, row }) => held.places.has(`1:${placeOf(line, row ?? 0)}`));
        const unknown = stored.length - entry.counts.delivered;
        if (unknown < 0 || unknown > explainedRepeats(world, sink, held))
          problems.add('delivered', `${entry.counts.delivered}, and ${stored.length} at the partner`);
        if (world.machines.invocations > 30) problems.add('retries', String(world.machines.invocations));
      },
    };
  },
);
