import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/app/clock';
import { compareAndSet } from '../../src/store/compare-and-set';
import {
  type StateStore,
  type Stored,
  StoreUnavailable,
  type WriteCondition,
  type Written,
} from '../../src/store/state-store';
import type { StoreExpectation } from './store-contract';

/** Many writers at once, on one key. */
const WRITERS = 50;
const COUNTERS = 8;
const COUNTS_EACH = 25;
/** Some round-trips for each of the others. */
const BEATEN_PAUSE_MS = 60;
const MAX_GETS = 10;

interface Race {
  readonly winners: number;
  readonly others: readonly string[];
  /** Only what a winner wrote may be there in the end. */
  readonly holdsWinner: boolean;
}

const WON: Race = { winners: 1, others: ['conflict'], holdsWinner: true };

async function race(store: StateStore, key: string, condition: WriteCondition): Promise<Race> {
  const puts = Array.from({ length: WRITERS }, (_, at) => store.put(key, `writer ${at}`, condition));
  return outcomeOf(await Promise.all(puts), (await store.get(key))?.body ?? null);
}

function outcomeOf(results: readonly Pick<Written, 'kind'>[], body: string | null): Race {
  const kinds = results.map(({ kind }) => kind);
  return {
    winners: kinds.filter((kind) => kind === 'written').length,
    others: [...new Set(kinds.filter((kind) => kind !== 'written'))],
    holdsWinner: body === `writer ${kinds.indexOf('written')}`,
  };
}

/** Adds one, going on from what a faster writer left. */
async function countUp(store: StateStore, key: string): Promise<void> {
  for (let stored = await patientGet(store, key); ; ) {
    const count = stored === null ? 0 : (JSON.parse(stored.body) as { count: number }).count;
    const body = JSON.stringify({ count: count + 1, writeId: randomUUID() });
    const result = await compareAndSet(store, key, { body, expected: stored?.tag ?? null }, systemClock(30_000));
    if (result.kind === 'written') return;
    stored = result.current;
    await sleep(Math.random() * BEATEN_PAUSE_MS);
  }
}

/** Not every S3 reads body and checksum of an object at one stroke; the client refuses what does not fit together. */
async function patientGet(store: StateStore, key: string): Promise<Stored | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.get(key);
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt === MAX_GETS) throw error;
    }
  }
}

/** Asked after the rest of the contract. */
export const STORE_RACES: readonly StoreExpectation[] = [
  {
    name: `of ${WRITERS} that create one key, one wins`,
    expected: WON,
    observe: (store, own) => race(store, `${own}a`, 'absent'),
  },
  {
    name: `of ${WRITERS} that create a key again after its removal, one wins`,
    expected: WON,
    observe: async (store, own) => {
      await store.put(`${own}a`, 'old', 'any');
      await store.remove(`${own}a`);
      return race(store, `${own}a`, 'absent');
    },
  },
  {
    name: `of ${WRITERS} that replace the same content, one wins`,
    expected: WON,
    observe: async (store, own) => {
      const old = await store.put(`${own}a`, 'old', 'any');
      return race(store, `${own}a`, old.kind === 'written' ? { tag: old.tag } : 'absent');
    },
  },
  {
    name: `of ${WRITERS} that compare and set, one wins, and the others see what it wrote`,
    expected: { winners: 1, seenByOthers: 1, isWinners: true },
    observe: async (store, own) => {
      const sets = Array.from({ length: WRITERS }, (_, at) =>
        compareAndSet(store, `${own}a`, { body: `writer ${at}`, expected: null }, systemClock(20_000)),
      );
      const results = await Promise.all(sets);
      const winner = results.findIndex(({ kind }) => kind === 'written');
      const seen = new Set(results.flatMap((result) => (result.kind === 'lost' ? [result.current?.body] : [])));
      return {
        winners: results.filter(({ kind }) => kind === 'written').length,
        seenByOthers: seen.size,
        isWinners: seen.has(`writer ${winner}`),
      };
    },
  },
  {
    name: `${COUNTERS} writers that count to ${COUNTS_EACH} each by compare-and-set lose none`,
    expected: COUNTERS * COUNTS_EACH,
    observe: async (store, own) => {
      const counters = Array.from({ length: COUNTERS }, async () => {
        for (let done = 0; done < COUNTS_EACH; done += 1) await countUp(store, `${own}a`);
      });
      await Promise.all(counters);
      const stored = await store.get(`${own}a`);
      return (JSON.parse(stored?.body ?? '{}') as { count?: number }).count;
    },
  },
];
