/**
 * `count-up.ts FOLDER KEY` adds one to a counter by compare-and-set until it is killed, and prints each count that the
 * store has confirmed. A process of its own for the tests of the directory store.
 */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/app/clock';
import { compareAndSet } from '../../../src/store/compare-and-set';
import { directoryStore } from '../../../src/store/directory-store';

/** Large, so that a kill most often comes in the middle of a write. */
const PADDING = 'x'.repeat(2_000_000);

const [folder = '', key = ''] = process.argv.slice(2);

async function countUp(): Promise<never> {
  const store = directoryStore(folder);
  for (;;) {
    const stored = await store.get(key);
    const { count } = JSON.parse(stored?.body ?? '{"count":0}') as { count: number };
    const body = JSON.stringify({ count: count + 1, writeId: randomUUID(), padding: PADDING });
    const result = await compareAndSet(store, key, { body, expected: stored?.tag ?? null }, systemClock(30_000));
    if (result.kind === 'written') process.stdout.write(`${count + 1}\n`);
  }
}

void countUp();
