import { placeOf } from './captures';
import { explainedRepeats } from './explained';
import { heldAt, type HeldBySink, repeatsIn } from './held';
import { judgeEntry, judgeOriginals, judgeQuarantine, judgeUnits } from './judge-file';
import type { SinkSetup } from './models';
import { Problems } from './problems';
import { NOTHING_QUARANTINED, quarantinedOf } from './quarantined';
import type { Capture, World } from './world';

/**
 * The promise, asked of a world at rest: all that was captured is delivered, quarantined or skipped, each place in one
 * way and under its id; the ledger says the same in numbers; nothing waits, nothing died, and what came twice is no more
 * than was in flight when a process was killed.
 */
export interface Allowed {
  /** Rows that may come again beside those that kills and unheard answers explain. */
  readonly repeats?: number;
  /** The state store fails here: each time that may cost what was in flight, as a kill does. */
  readonly stateFailures?: boolean;
  /** Captures cannot always be read here, so the bytes of a refused line may be missing in its record. */
  readonly originals?: 'may be missing';
  /** Messages that may lie in dead-letter queues. */
  readonly deadLetters?: number;
  /** Ends of invocations that are no fault here. */
  readonly ends?: readonly ('timeout' | 'error')[];
  /** Files that `also` judges. */
  readonly except?: readonly Capture[];
  /** Something worth knowing of this world, for people. */
  readonly note?: string;
  /** What else must hold, once the processes have ended. */
  readonly also?: (problems: Problems) => void | Promise<void>;
}

export interface Verdict {
  readonly problems: readonly string[];
  readonly repeats: number;
  readonly note?: string | undefined;
}

/** Ends the world's processes, and its faults, first. */
export async function judge(world: World, allowed: Allowed = {}): Promise<Verdict> {
  await world.end();
  world.servers.s3.faults.clear();
  const problems = new Problems();
  judgeQueues(world, allowed, problems);
  judgeInvocations(world, allowed, problems);
  let repeats = 0;
  for (const sink of world.options.sinks) repeats += await judgeSink(world, sink, allowed, problems);
  await allowed.also?.(problems);
  return { problems: problems.list(), repeats, note: allowed.note };
}

async function judgeSink(world: World, sink: SinkSetup, allowed: Allowed, problems: Problems): Promise<number> {
  const entries = await world.buckets.entries(sink.name);
  const quarantined = await quarantinedOf(world, sink.name);
  const held = heldAt(world, sink.name);
  for (const capture of world.captures) {
    if (allowed.except?.includes(capture) === true) continue;
    const { key, made } = capture;
    const where = `${sink.name} file ${made.number}`;
    judgeEntry(entries.get(key), made, where, problems);
    judgeUnits(made, held, where, problems);
    const found = quarantined.get(key) ?? NOTHING_QUARANTINED;
    judgeQuarantine(made, found, where, problems);
    if (allowed.originals === undefined) judgeOriginals(made, found, where, problems);
  }
  judgeStrangers(world, held, sink, problems);
  const repeats = repeatsIn(held);
  const explained = explainedRepeats(world, sink, held, allowed);
  if (repeats > explained) problems.add('came again', `${sink.name}: ${repeats} rows, ${explained} can be explained`);
  return repeats;
}

/** Rows that nobody made. */
function judgeStrangers(world: World, { places }: HeldBySink, sink: SinkSetup, problems: Problems): void {
  const made = new Set(
    world.captures.flatMap(({ made: { number, units } }) =>
      units.map(({ line, row }) => `${number}:${placeOf(line, row ?? 0)}`),
    ),
  );
  for (const place of places.keys()) if (!made.has(place)) problems.add('was never captured', `${sink.name} ${place}`);
}

function judgeQueues({ servers }: World, { deadLetters = 0 }: Allowed, problems: Problems): void {
  for (const queue of servers.queues)
    problems.same('queue', queue.name, queue.counts(), { visible: 0, inFlight: 0, delayed: 0 });
  const dead = servers.deadLetters.reduce((sum, queue) => sum + queue.counts().visible, 0);
  if (dead > deadLetters) problems.add('dead letters', `${dead}, allowed ${deadLetters}`);
}

function judgeInvocations({ machines }: World, { ends = [] }: Allowed, problems: Problems): void {
  for (const result of machines.results) {
    if (result.kind === 'timeout' && !ends.includes('timeout')) problems.add('invocation', 'ran into its time limit');
    if (result.kind === 'error' && !ends.includes('error'))
      problems.add('invocation', `${result.errorType}: ${result.errorMessage}`);
  }
  for (const { code, message, stack } of machines.logs)
    if (code === 'INTERNAL_ERROR' || code === 'IMBALANCE')
      problems.add('said', `${String(message)} ${JSON.stringify(stack ?? '')}`);
}
