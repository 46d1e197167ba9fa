import { FILE_START } from '../../src/core/progress';
import { MAX_ATTEMPTS } from '../../src/ledger/admission';
import type { Claim } from '../../src/ledger/claim';
import { type ClaimAnswer, type ClaimRequest, Ledger } from '../../src/ledger/ledger';
import { ledgerKey, readEntry } from '../../src/ledger/entry';
import { StoreUnavailable } from '../../src/store/state-store';
import { FILE } from '../support/capture-events';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const LEASE_MS = 60_000;
const CONTENT = { versionId: null, eTag: 'one', sequencer: '0A' };

function made(setBackMs: () => number = () => 0) {
  const clock = new VirtualClock();
  const store = new MemoryStore({ nowMs: () => clock.nowMs() - setBackMs() });
  const view = clock.view({ deadlineInMs: 3_600_000 });
  const ask = (parts: Partial<ClaimRequest> = {}): Promise<ClaimAnswer> =>
    new Ledger(store, 'm', view).claim({
      sink: 's',
      file: FILE,
      content: CONTENT,
      configHash: 'c',
      again: false,
      isAlone: true,
      firstSeenMs: null,
      leaseMs: LEASE_MS,
      firstBytes: () => Promise.resolve({ kind: 'unknown' }),
      ...parts,
    });
  const entry = async () => {
    const key = ledgerKey('m', 's', FILE);
    return readEntry((await store.get(key))?.body ?? '', key);
  };
  return { clock, store, ask, entry, run: <T>(start: () => Promise<T>) => clock.run(start) };
}

function claimOf(answer: ClaimAnswer): Claim {
  if (answer.kind !== 'claimed') throw new Error(`not claimed: ${answer.kind}`);
  return answer.claim;
}

describe('the lease of a file', () => {
  test('is given to one of many that ask at once', async () => {
    const { run, ask } = made();
    const answers = await run(() => Promise.all(Array.from({ length: 50 }, () => ask())));

    expect(answers.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'busy')).toHaveLength(49);
  });

  test('of a time that the clock was set back from holds nobody up for so long', async () => {
    let setBackMs = 0;
    const { run, ask } = made(() => setBackMs);
    await run(async () => {
      await ask();
      setBackMs = 30_000;
      const shortly = (await ask()).kind;
      setBackMs = 86_400_000;

      expect([shortly, (await ask()).kind]).toEqual(['busy', 'claimed']);
    });
  });

  test("is over by the store's clock, and the holder gives up before that", async () => {
    const { run, ask, clock } = made();
    await run(async () => {
      const claim = claimOf(await ask());
      await clock.sleep(LEASE_MS - 1_500);
      const before = [claim.holds(), (await ask()).kind];
      await clock.sleep(600);
      const ending = [claim.holds(), (await ask()).kind];
      await clock.sleep(3_000);

      expect(before).toEqual([true, 'busy']);
      expect(ending).toEqual([false, 'busy']);
      expect((await ask()).kind).toBe('claimed');
    });
  });

  test('is renewed by each write of progress', async () => {
    const { run, ask, clock } = made();
    await run(async () => {
      const claim = claimOf(await ask());
      for (let at = 0; at < 5; at += 1) {
        await clock.sleep(LEASE_MS - 5_000);
        expect(await claim.save({ progress: { ...FILE_START, line: at + 2 } })).toBe('saved');
      }

      expect([claim.holds(), (await ask()).kind]).toEqual([true, 'busy']);
    });
  });

  test('that was lost cannot be written under: the holder that wakes up is fenced, and what the other wrote stays', async () => {
    const { run, ask, clock, entry } = made();
    await run(async () => {
      const sleeper = claimOf(await ask());
      await clock.sleep(LEASE_MS + 5_000);
      const other = claimOf(await ask());
      await other.save({ progress: { ...FILE_START, line: 7 } });

      expect(await sleeper.save({ progress: { ...FILE_START, line: 2 } })).toBe('fenced');
      expect(await sleeper.end({ state: 'done' })).toBe('fenced');
      expect(sleeper.holds()).toBe(false);
      expect(await other.end({ state: 'done' })).toBe('saved');
      expect(await entry()).toMatchObject({ state: 'done', epoch: 2, progress: { line: 7 } });
    });
  });

  test('survives answers that get lost and conflicts: a write of our own is known again', async () => {
    const { run, ask, store, entry } = made();
    await run(async () => {
      store.faults.loseNextAnswers = 1;
      const claim = claimOf(await ask());
      for (let at = 2; at < 8; at += 1) {
        if (at % 2 === 0) store.faults.loseNextAnswers = 1;
        else store.faults.conflictNext = 2;
        expect(await claim.save({ progress: { ...FILE_START, line: at } })).toBe('saved');
      }

      expect(await claim.end({ state: 'done' })).toBe('saved');
      expect(await entry()).toMatchObject({ state: 'done', progress: { line: 7 }, lease: null });
    });
  });

  test('says so when the entry was removed from under it', async () => {
    const { run, ask, store } = made();
    await run(async () => {
      const claim = claimOf(await ask());
      await store.remove(ledgerKey('m', 's', FILE));

      expect(await claim.save({})).toBe('fenced');
    });
  });

  test('is not given where the entry cannot be read, and the reason names it', async () => {
    const { run, ask, store } = made();
    const key = ledgerKey('m', 's', FILE);
    await run(async () => {
      await store.put(key, '{"schema":1}', 'any');

      expect(await ask()).toEqual({ kind: 'unreadable', reason: expect.stringContaining(key) as unknown });
    });
  });

  test('is not given while the store cannot be reached', async () => {
    const { run, ask, store } = made();
    store.faults.isDown = true;

    expect((await run(() => ask())).kind).toBe('unavailable');
  });
});

describe('attempts', () => {
  test('without progress are counted before each run, and end in giving the file up', async () => {
    const { run, ask, clock } = made();
    const kinds = await run(async () => {
      const seen: string[] = [];
      for (let at = 0; at <= MAX_ATTEMPTS; at += 1) {
        seen.push((await ask()).kind);
        await clock.sleep(LEASE_MS + 5_000);
      }
      return seen;
    });

    expect(kinds).toEqual(['claimed', 'claimed', 'claimed', 'poison']);
  });

  test('begin anew with progress, and with a run that gave the file back', async () => {
    const { run, ask, clock } = made();
    await run(async () => {
      for (let at = 0; at < 6; at += 1) {
        const claim = claimOf(await ask());
        if (at % 2 === 0) await claim.save({ progress: { ...FILE_START, line: at + 2 } });
        else await claim.end({ attempts: 0 });
        await clock.sleep(LEASE_MS + 5_000);
      }
    });
  });

  test('that never ended make a file run alone', async () => {
    const { run, ask, clock } = made();
    await run(async () => {
      await ask();
      await clock.sleep(LEASE_MS + 5_000);

      expect((await ask({ isAlone: false })).kind).toBe('suspect');
      expect((await ask({ isAlone: true })).kind).toBe('claimed');
    });
  });
});

describe('another content under the same key', () => {
  const later = { versionId: null, eTag: 'two', sequencer: '0B' };
  const at40 = { ...FILE_START, line: 3, byteOffset: 40, crc: 7, seen: { byteOffset: 40, crc: 7 } };

  test.each([
    [
      'goes on where it was when its bytes are the same',
      { kind: 'read', crc: 7, isAll: false } as const,
      { line: 3, superseded: 0 },
    ],
    [
      'begins at its start when its bytes differ',
      { kind: 'read', crc: 8, isAll: false } as const,
      { line: 1, superseded: 1 },
    ],
    [
      'begins at its start when it is shorter or cannot be read',
      { kind: 'unknown' } as const,
      { line: 1, superseded: 1 },
    ],
  ])('%s', async (_, firstBytes, { line, superseded }) => {
    const { run, ask } = made();
    await run(async () => {
      const claim = claimOf(await ask());
      await claim.save({ progress: at40 });
      await claim.end({});
      const { entry } = claimOf(await ask({ content: later, firstBytes: () => Promise.resolve(firstBytes) }));

      expect([entry.progress.line, entry.earlier.files.superseded, entry.content]).toEqual([line, superseded, later]);
    });
  });

  test.each(['inFlight', 'done', 'quarantined'] as const)(
    'that no longer stands there changes nothing of one that is %s',
    async (state) => {
      const { run, ask, entry } = made();
      await run(async () => {
        const claim = claimOf(await ask());
        await claim.save({ progress: at40 });
        await claim.end({ state });
        const before = await entry();
        const answer = await ask({
          content: { ...later, sequencer: null },
          firstBytes: () => Promise.resolve({ kind: 'superseded' }),
        });

        expect(answer.kind).toBe('stale');
        expect(await entry()).toEqual(before);
      });
    },
  );

  test.each([
    [
      'of a finished file is nothing to do when it is the same to the last byte',
      { kind: 'read', crc: 7, isAll: true } as const,
      'done',
    ],
    ['of a finished file is delivered when it is longer', { kind: 'read', crc: 7, isAll: false } as const, 'claimed'],
  ])('%s', async (_, firstBytes, kind) => {
    const { run, ask } = made();
    await run(async () => {
      await claimOf(await ask()).end({ state: 'done', progress: at40 });
      const answer = await ask({ content: later, firstBytes: () => Promise.resolve(firstBytes) });
      const again = await ask({ content: later, firstBytes: () => Promise.reject(new Error('asked again')) });

      expect([answer.kind, again.kind]).toEqual([kind, kind === 'done' ? 'done' : 'busy']);
    });
  });

  test('is told from an older notification by the sequencer, the shorter one made longer by zeros', async () => {
    const { run, ask } = made();
    await run(async () => {
      await claimOf(await ask({ content: later })).end({ state: 'done' });
      const kinds: string[] = [];
      for (const sequencer of ['0A', '0AFF', '0a', '0B00FF'])
        kinds.push((await ask({ content: { versionId: null, eTag: 'x', sequencer } })).kind);

      expect(kinds).toEqual(['stale', 'stale', 'stale', 'claimed']);
    });
  });

  test('asked for again is a new generation, with what was before kept apart', async () => {
    const { run, ask } = made();
    await run(async () => {
      const first = claimOf(await ask());
      await first.end({ state: 'done', counts: { ...first.entry.counts, captured: 4, delivered: 4 } });
      const { entry } = claimOf(await ask({ again: true }));

      expect([entry.generation, entry.earlier.files.done, entry.earlier.counts.delivered]).toEqual([1, 1, 4]);
      expect(entry.counts.delivered).toBe(0);
    });
  });
});

describe('a write that nobody heard the answer of', () => {
  test('and that landed after it was given up is known as our own by the next one', async () => {
    const { run, ask, store, entry } = made();
    await run(async () => {
      const claim = claimOf(await ask());
      // The write lands, its answer is lost, and the store is away for longer than anybody waits.
      const put = jest.spyOn(store, 'put').mockImplementationOnce(async (...write) => {
        put.mockRestore();
        await store.put(...write);
        store.faults.isDown = true;
        throw new StoreUnavailable('the answer was lost');
      });

      expect(await claim.save({ progress: { ...FILE_START, line: 2 } })).toBe('unavailable');
      store.faults.isDown = false;
      expect(await claim.save({ progress: { ...FILE_START, line: 3 } })).toBe('saved');
      expect(await entry()).toMatchObject({ progress: { line: 3 }, epoch: 1 });
    });
  });
});
