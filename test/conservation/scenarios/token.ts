import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { TOKEN } from '../servers';
import { filesOf } from './files';

const MINUTE_MS = 60_000;

export const token = scenario(
  'token-revoked',
  'the partner refuses the token from some call on, and takes it again hours later: nothing is thrown away meanwhile',
  anyWorld,
  async (world) => {
    const { dice, servers, options, schedule } = world;
    const partner = servers[options.sinks[0]?.partner ?? 'arthur'];
    let left = dice.int(0, 8);
    world.traffic.rules.push(({ what }, phase) => {
      if (phase !== 'before' || !['POST', 'GET'].includes(what)) return;
      if (left === 0) {
        partner.token = 'another';
        schedule.in(dice.int(5, 300) * MINUTE_MS, () => void (partner.token = TOKEN));
      }
      left -= 1;
    });
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
    return {
      also: (problems) => {
        const said = world.machines.logs.map((line) => JSON.stringify(line)).filter((line) => /"pid-\d+"/.test(line));
        for (const line of said) problems.add('a token in the log', line.slice(0, 200));
      },
    };
  },
);
