import { systemClock } from '../../src/app/clock';
import { compareAndSet } from '../../src/store/compare-and-set';
import type { StateStore, WriteCondition } from '../../src/store/state-store';

/**
 * What every state store does (with STORE_RACES), asked of those of this project and of servers that others wrote. As data, because the
 * third-party checks run without jest.
 */
export interface StoreExpectation {
  /** Unique. */
  readonly name: string;
  readonly expected: unknown;
  /** What this store does, as plain data. All keys that it makes begin with `own`, which ends with a slash. */
  readonly observe: (store: StateStore, own: string) => Promise<unknown>;
}

const NO_TAG: WriteCondition = { tag: '"00000000000000000000000000000000"' };

/** Writes, and answers the tag. */
async function written(store: StateStore, key: string, body: string): Promise<string> {
  const put = await store.put(key, body, 'any');
  if (put.kind !== 'written') throw new Error(`${key} was not written: ${put.kind}`);
  return put.tag;
}

const bodyOf = async (store: StateStore, key: string): Promise<string | null> => (await store.get(key))?.body ?? null;

const SINGLE: readonly StoreExpectation[] = [
  {
    name: 'a body comes back as it was put, with the tag that the write told',
    expected: { body: '{"text":"grüße 😀\\n"}\n', isSameTag: true },
    observe: async (store, own) => {
      const tag = await written(store, `${own}a`, '{"text":"grüße 😀\\n"}\n');
      const stored = await store.get(`${own}a`);
      return { body: stored?.body, isSameTag: stored?.tag === tag };
    },
  },
  {
    name: 'a body of 3 MB and one of nothing come back whole',
    expected: [3_000_000, true, ''],
    observe: async (store, own) => {
      const large = 'é'.repeat(1_500_000);
      await written(store, `${own}large`, large);
      await written(store, `${own}empty`, '');
      const found = (await bodyOf(store, `${own}large`)) ?? '';
      return [Buffer.byteLength(found), found === large, await bodyOf(store, `${own}empty`)];
    },
  },
  {
    name: 'what is not there is null',
    expected: [null, null],
    observe: async (store, own) => {
      await written(store, `${own}a`, '1');
      // Part of a path, and past its end.
      return [await bodyOf(store, `${own}b`), await bodyOf(store, own.slice(0, -1))];
    },
  },
  {
    name: 'keys of every character that is allowed, and segments of 255 bytes, are kept apart',
    expected: ['1', '2', '3', '4', '5'],
    observe: async (store, own) => {
      const keys = ['A.b_c-0', 'a.b_c-0', '.hidden', '...', 'x'.repeat(255)].map((name) => `${own}${name}`);
      for (const [at, key] of keys.entries()) await written(store, key, String(at + 1));
      return Promise.all(keys.map((key) => bodyOf(store, key)));
    },
  },
  {
    name: 'the tag changes when the body does',
    expected: 3,
    observe: async (store, own) => {
      const tags = [];
      for (const body of ['1', '2', '3']) tags.push(await written(store, `${own}a`, body));
      return new Set(tags).size;
    },
  },
];

const CONDITIONS: readonly StoreExpectation[] = [
  {
    name: 'a write on the condition that nothing is there lands once, and again after a removal',
    expected: ['written', 'conflict', '1', 'written', '3'],
    observe: async (store, own) => {
      const first = await store.put(`${own}a`, '1', 'absent');
      const second = await store.put(`${own}a`, '2', 'absent');
      const between = await bodyOf(store, `${own}a`);
      await store.remove(`${own}a`);
      const third = await store.put(`${own}a`, '3', 'absent');
      return [first.kind, second.kind, between, third.kind, await bodyOf(store, `${own}a`)];
    },
  },
  {
    name: 'a write on the condition of a tag lands while that very content is there',
    expected: ['written', 'conflict', '2'],
    observe: async (store, own) => {
      const tag = await written(store, `${own}a`, '1');
      const right = await store.put(`${own}a`, '2', { tag });
      const stale = await store.put(`${own}a`, '3', { tag });
      return [right.kind, stale.kind, await bodyOf(store, `${own}a`)];
    },
  },
  {
    name: 'a write on the condition of a tag says gone for what never was, and for what was removed',
    expected: ['gone', 'gone', null],
    observe: async (store, own) => {
      const never = await store.put(`${own}never`, '1', NO_TAG);
      const tag = await written(store, `${own}a`, '1');
      await store.remove(`${own}a`);
      const removed = await store.put(`${own}a`, '2', { tag });
      return [never.kind, removed.kind, await bodyOf(store, `${own}a`)];
    },
  },
  {
    name: 'a write without condition lands whatever is there',
    expected: ['written', 'written', '2'],
    observe: async (store, own) => {
      const first = await store.put(`${own}a`, '1', 'any');
      const second = await store.put(`${own}a`, '2', 'any');
      return [first.kind, second.kind, await bodyOf(store, `${own}a`)];
    },
  },
  {
    name: 'a removal takes away what is there, and has nothing against what is not',
    expected: ['removed', null, 'removed', 'removed'],
    observe: async (store, own) => {
      await written(store, `${own}a`, '1');
      const first = await store.remove(`${own}a`);
      const after = await bodyOf(store, `${own}a`);
      return [first, after, await store.remove(`${own}a`), await store.remove(`${own}a`, { tag: '"0"' })];
    },
  },
  {
    name: 'a removal on the condition of a tag spares what has changed',
    expected: ['changed', '2', 'removed', null],
    observe: async (store, own) => {
      const stale = await written(store, `${own}a`, '1');
      const tag = await written(store, `${own}a`, '2');
      const first = await store.remove(`${own}a`, { tag: stale });
      const spared = await bodyOf(store, `${own}a`);
      const second = await store.remove(`${own}a`, { tag });
      return [first, spared, second, await bodyOf(store, `${own}a`)];
    },
  },
];

const LISTED = ['a-b', 'a.b/x', 'a/x', 'a/y/z', 'a0', 'b'];

async function listed(store: StateStore, own: string, prefix = '', options?: { after?: string; max?: number }) {
  const after = options?.after === undefined ? {} : { after: own + options.after };
  const page = await store.list(own + prefix, { ...options, ...after });
  return { keys: page.entries.map(({ key }) => key.slice(own.length)).join(' '), hasMore: page.hasMore };
}

const LISTS: readonly StoreExpectation[] = [
  {
    name: 'a list holds the keys with its prefix, in the order of their bytes',
    expected: {
      all: { keys: LISTED.join(' '), hasMore: false },
      partOfName: { keys: 'a-b a.b/x a/x a/y/z a0', hasMore: false },
      folder: { keys: 'a/x a/y/z', hasMore: false },
      none: { keys: '', hasMore: false },
    },
    observe: async (store, own) => {
      for (const key of LISTED.toReversed()) await written(store, own + key, key);
      await written(store, `${own}b-removed`, '1');
      await store.remove(`${own}b-removed`);
      return {
        all: await listed(store, own),
        partOfName: await listed(store, own, 'a'),
        folder: await listed(store, own, 'a/'),
        none: await listed(store, own, 'c'),
      };
    },
  },
  {
    name: 'a list goes on after a key, whether it is there or not, and says whether there is more',
    expected: [
      { keys: 'a-b a.b/x a/x', hasMore: true },
      { keys: 'a/y/z a0 b', hasMore: false },
      { keys: 'a0 b', hasMore: false },
      { keys: 'a/y/z', hasMore: true },
      { keys: '', hasMore: false },
    ],
    observe: async (store, own) => {
      for (const key of LISTED) await written(store, own + key, key);
      return [
        await listed(store, own, '', { max: 3 }),
        await listed(store, own, '', { max: 3, after: 'a/x' }),
        await listed(store, own, '', { after: 'a/z' }),
        await listed(store, own, '', { max: 1, after: 'a/x.y' }),
        await listed(store, own, '', { after: 'b' }),
      ];
    },
  },
];

/** As near as whole seconds, servers that count them late, and a machine that has other work can tell. */
const CLOCK_TOLERANCE_MS = 5_000;

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= CLOCK_TOLERANCE_MS;

const CLOCK: readonly StoreExpectation[] = [
  {
    name: 'the clock is that of the answers, and does not go back',
    expected: { isNear: true, isForward: true, isListedAlike: true },
    observe: async (store, own) => {
      await written(store, `${own}a`, '1');
      const stored = await store.get(`${own}a`);
      const page = await store.list(own);
      const { modifiedMs = 0, answeredMs = 0 } = stored ?? {};
      const times = [answeredMs, ...Array.from({ length: 1_000 }, () => store.nowMs())];
      return {
        isNear: isNear(answeredMs, store.nowMs()) && isNear(modifiedMs, answeredMs),
        isForward: times.every((time, at) => time >= (times[at - 1] ?? 0)),
        isListedAlike: isNear(page.entries[0]?.modifiedMs ?? 0, modifiedMs),
      };
    },
  },
];

const COMPARE_AND_SET: readonly StoreExpectation[] = [
  {
    name: 'compare-and-set creates and replaces, and tells who lost what stands there',
    expected: { created: 'written', replaced: 'written', late: ['lost', '2'], gone: ['lost', null] },
    observe: async (store, own) => {
      const set = (body: string, expected: string | null) =>
        compareAndSet(store, `${own}a`, { body, expected }, systemClock(20_000));
      const created = await set('1', null);
      const tag = created.kind === 'written' ? created.tag : '';
      const replaced = await set('2', tag);
      const late = await set('3', tag);
      await store.remove(`${own}a`);
      const gone = await set('4', tag);
      return {
        created: created.kind,
        replaced: replaced.kind,
        late: [late.kind, late.kind === 'lost' ? late.current?.body : null],
        gone: [gone.kind, gone.kind === 'lost' ? gone.current : null],
      };
    },
  },
];

export const STORE_CONTRACT: readonly StoreExpectation[] = [
  ...SINGLE,
  ...CONDITIONS,
  ...LISTS,
  ...CLOCK,
  ...COMPARE_AND_SET,
];
