import { anySink } from '../any-world';
import { makeFile } from '../captures';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { slow } from '../traffic';

const ROWS = 120;

export const configChange = scenario(
  'config-change',
  'a deployment changes the configuration in the middle of an event: what is left of it is done anew, and counted once',
  (dice) => ({
    sinks: [{ ...anySink(dice), batch: 2, inFlight: 2 }],
    timeoutMs: 3_600,
    concurrency: 1,
  }),
  async (world) => {
    const { dice, traffic, options } = world;
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? 30 : 0)));
    if (dice.chance(0.5)) killAt(world, somewhere(dice));
    await world.put(makeFile(dice, 1, { lines: [2, 4], rows: [30, ROWS] }));
    let changes = 0;
    const change = async (): Promise<void> => {
      changes += 1;
      const sinks = options.sinks.map((sink) => ({ ...sink, batch: sink.batch + changes }));
      await world.redeploy({ sinks });
    };
    for (let left = dice.int(1, 3); left > 0; left -= 1) {
      const invocations = world.machines.invocations + dice.int(1, 2);
      await world.settle(() => world.machines.invocations >= invocations);
      await change();
    }
    await world.settle();
    // The event in the middle is sent again from its start, once for each change; and batches are larger by then.
    return { repeats: changes * ROWS + world.kills * 20 };
  },
);
