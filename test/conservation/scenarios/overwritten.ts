import { anySink } from '../any-world';
import { makeFile } from '../captures';
import { isAt } from '../kills';
import { judgeOverwritten } from '../judge-overwritten';
import { scenario } from '../scenario';
import { slow } from '../traffic';

export const overwritten = scenario(
  'overwritten',
  'another content takes the place of a file that is being read: the new one is delivered whole, the old one counted',
  (dice) => ({
    sinks: [{ ...anySink(dice), batch: 3, inFlight: 2 }],
    versioned: dice.chance(0.5),
    timeoutMs: dice.pick([3_600, 8_000]),
    concurrency: 2,
  }),
  async (world) => {
    const { dice, traffic } = world;
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? 30 : 0)));
    const old = await world.put(makeFile(dice, 1, { lines: [10, 30], rows: [1, 3] }));
    const made = makeFile(dice, 2, { lines: [3, 20], rows: [1, 3] });
    const point = { at: dice.pick(['partner POST', 'captures GET', 'state PUT ledger']), nth: dice.int(1, 6) };
    let isPut = false;
    const replace = async (): Promise<void> => {
      if (isPut) return;
      isPut = true;
      await world.buckets.put(old.key, made.text);
    };
    traffic.rules.push((seen, phase) => (phase === 'before' && isAt(seen, point) ? replace() : undefined));
    await world.settle();
    await replace();
    await world.settle();
    world.captures.push({ key: old.key, made });
    return {
      except: [...world.captures],
      originals: 'may be missing',
      also: (problems) => judgeOverwritten(world, old.key, old.made, made, problems),
    };
  },
);
