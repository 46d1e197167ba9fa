import { makeFile } from '../captures';
import { anyWorld } from '../any-world';
import { judgeEquation } from '../judge-file';
import { quarantinedOf } from '../quarantined';
import { scenario } from '../scenario';
import { filesOf } from './files';

export const poison = scenario(
  'poison',
  'one file ends each process that reads it: its neighbours are delivered, and it is quarantined whole after three',
  (dice) => ({ ...anyWorld(dice), concurrency: dice.int(1, 2), batchSize: 10 }),
  async (world) => {
    const { dice, traffic, options } = world;
    const sink = options.sinks[0]?.name ?? '';
    const bad = makeFile(dice, 99, { lines: [1, 5], rows: [1, 2] });
    let killsHere = 0;
    traffic.rules.push(({ server, path, pid }, phase) => {
      if (server !== 'captures' || phase !== 'after' || !path.includes('000000000099')) return;
      killsHere += 1;
      world.kill(pid);
      return 'dead';
    });
    for (const made of dice.shuffled([bad, ...filesOf(dice, dice.int(2, 6))])) await world.put(made);
    await world.settle();
    const capture = world.captures.find(({ made }) => made === bad);
    return {
      except: capture === undefined ? [] : [capture],
      also: async (problems) => {
        const entry = (await world.buckets.entries(sink)).get(capture?.key ?? '');
        if (entry === undefined) return problems.add('has no ledger entry', 'the poison file');
        problems.same('state', 'poison', entry.state, 'quarantined');
        judgeEquation(entry, 'poison', problems);
        const places = (await quarantinedOf(world, sink)).get(capture?.key ?? '')?.places ?? [];
        problems.same('quarantine', 'poison', places, ['1:']);
        problems.same('kills', 'poison', killsHere, 3);
      },
    };
  },
);
