import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world';

/** Drives a world: lets processes work, and jumps to the next thing due whenever none of them does. */
const TICK_MS = 5;
const STEP_MS = 1_000;

/** Whoever has not come to an end by then never will. */
const MAX_REAL_MS = 300_000;
const MAX_JUMPED_MS = 40 * 86_400_000;

export async function settle(world: World, until: () => boolean = () => false): Promise<void> {
  const lastMs = performance.now() + MAX_REAL_MS;
  for (let quiet = 0; !until(); ) {
    await sleep(TICK_MS);
    await world.schedule.runDue();
    // Twice in a row: a notification or a message may just be on its way.
    quiet = isBusy(world) ? 0 : quiet + 1;
    if (performance.now() > lastMs) throw new Error(`the world did not settle: ${stateOf(world)}`);
    if (quiet < 2) continue;
    if (isEmpty(world)) return;
    jumpToNext(world);
    quiet = 0;
  }
}

const isBusy = ({ machines, servers }: World): boolean =>
  machines.running > machines.paused.size || servers.queues.some((queue) => queue.counts().visible > 0);

function isEmpty({ servers, schedule }: World): boolean {
  const counts = servers.queues.map((queue) => queue.counts());
  return schedule.nextMs === null && counts.every(({ delayed, inFlight }) => delayed + inFlight === 0);
}

/** In steps, because a queue does not tell when a message will be seen. */
function jumpToNext(world: World): void {
  const { clock, schedule, servers } = world;
  const isDue = (): boolean =>
    (schedule.nextMs !== null && schedule.nextMs <= clock.nowMs()) ||
    servers.queues.some((queue) => queue.counts().visible > 0);
  while (!isDue()) {
    clock.jump(STEP_MS);
    if (clock.jumpedMs > MAX_JUMPED_MS) throw new Error(`the world did not settle in ${stateOf(world)}`);
  }
}

function stateOf({ machines, servers, clock }: World): string {
  const queues = servers.queues.map((queue) => JSON.stringify(queue.counts())).join(' ');
  const said = machines.logs.slice(-5).map((line) => JSON.stringify(line));
  return `${Math.round(clock.jumpedMs / 3_600_000)} h; ${machines.running} run; queues ${queues}\n${said.join('\n')}`;
}
