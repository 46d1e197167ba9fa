import { StoreUnavailable } from '../../src/store/state-store';
import { altered, FOLDER, KEY, objects, records, RefusedFile, rows } from './refused-file';

describe('the quarantine of a file', () => {
  test('keeps a refused line with its place, its reason and its bytes, under a key that its place gives', async () => {
    const file = new RefusedFile(['good', 'torn {']);
    const quarantine = file.quarantine();

    quarantine.add(file.rejection(2), null);
    await quarantine.flush();

    expect(await objects(file.store)).toEqual({ [`${FOLDER}/0-000000.ndjson`]: expect.any(String) as string });
    expect(await records(file.store)).toEqual([
      {
        schema: 1,
        line: 2,
        row: null,
        rows: null,
        stage: 'line',
        code: 'MALFORMED_LINE',
        reason: 'it is wrong',
        partnerInferenceId: null,
        decoderVersion: '1.0.0',
        source: { bucket: 'ml', key: KEY, versionId: null, eTag: 'e1' },
        byteOffset: 5,
        byteLength: 6,
        generation: 0,
        countedAs: 'rejectedLine',
        originalMissing: null,
        original: 'torn {',
      },
    ]);
  });

  test('keeps the bytes of a line once, and joins rows that were refused alike', async () => {
    const file = new RefusedFile(['an event of nine rows']);
    const quarantine = file.quarantine();

    for (const row of [4, 3, 8, 0]) quarantine.add(file.rejection(1, row), null);
    quarantine.add(file.rejection(1, 5, { code: 'INFERENCE_TOO_LARGE' }), null);
    await quarantine.flush();

    const shown = (await records(file.store)).map(({ row, rows: several, partnerInferenceId, original }) => [
      several ?? row,
      partnerInferenceId,
      original,
    ]);
    expect(shown).toEqual([
      ['0 3-4 8', 'event-1_0', 'an event of nine rows'],
      [5, 'event-1_5', undefined],
    ]);
  });

  test('keeps bytes that are no text as base64', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00]);
    const file = new RefusedFile([bytes]);
    const quarantine = file.quarantine();

    quarantine.add(file.rejection(1, null, { code: 'INVALID_UTF8' }), null);
    await quarantine.flush();

    expect((await records(file.store))[0]?.original).toEqual({ base64: bytes.toString('base64') });
  });

  test('keeps text with a byte order mark, line separators and emoji byte for byte', async () => {
    const text = '\uFEFF{"a":"\u2028 😀 \\u0000"';
    const file = new RefusedFile([text]);
    const quarantine = file.quarantine();

    quarantine.add(file.rejection(1), null);
    await quarantine.flush();

    expect((await records(file.store))[0]?.original).toBe(text);
  });

  test('reads neighbouring lines with one request, and none whose bytes came with the rejection', async () => {
    const file = new RefusedFile(['one', 'two', 'three', 'x'.repeat(600_000), 'four']);
    const quarantine = file.quarantine();

    quarantine.add(file.rejection(1), Buffer.from('one'));
    for (const line of [2, 3, 5]) quarantine.add(file.rejection(line), null);
    await quarantine.flush();

    expect(file.reads).toEqual([
      [4, 9],
      [600_015, 4],
    ]);
    expect((await records(file.store)).map(({ original }) => original)).toEqual(['one', 'two', 'three', 'four']);
  });

  test.each([
    ['too long', 3, false, 'it has 5 bytes; 3 are kept at most'],
    ['gone', 5, true, 'it could not be read again'],
  ])('keeps the record of a line that is %s, and says why its bytes are not there', async (_, max, isGone, why) => {
    const file = new RefusedFile(['12345']);
    file.isGone = isGone;
    const quarantine = file.quarantine({ maxOriginalBytes: max });

    quarantine.add(file.rejection(1), null);
    await quarantine.flush();

    expect(await records(file.store)).toMatchObject([{ code: 'MALFORMED_LINE', original: null, originalMissing: why }]);
  });

  test('keeps one record without bytes for a file that was given up', async () => {
    const file = new RefusedFile(['12345']);
    const quarantine = file.quarantine();

    quarantine.add(file.rejection(1, null, { code: 'FILE_CRASHES' }), null);
    await quarantine.flush();

    expect(file.reads).toEqual([]);
    expect(await records(file.store)).toMatchObject([{ line: 1, row: null, code: 'FILE_CRASHES', original: null }]);
  });

  test('cuts segments where lines begin in the file, a MiB each', async () => {
    const file = new RefusedFile(['a', 'x'.repeat(1 << 20), 'b', 'c']);
    const quarantine = file.quarantine();

    for (const line of [1, 2, 3, 4]) quarantine.add(file.rejection(line), null);
    await quarantine.flush();

    const found = Object.entries(await objects(file.store)).map(([key, body]) => [
      key.slice(FOLDER.length),
      body.trim().split('\n').length,
    ]);
    expect(found).toEqual([
      ['/0-000000.ndjson', 2],
      ['/0-000001.ndjson', 2],
    ]);
  });

  test('keeps the records of content that stood under the key before', async () => {
    const file = new RefusedFile(['torn']);

    for (const contentOrdinal of [0, 1]) {
      const quarantine = file.quarantine({ contentOrdinal });
      quarantine.add(file.rejection(1), null);
      await quarantine.flush();
    }

    expect(Object.keys(await objects(file.store))).toEqual([`${FOLDER}/0-000000.ndjson`, `${FOLDER}/1-000000.ndjson`]);
  });
});

describe('a flush', () => {
  test('asks the store for nothing when nothing was added', async () => {
    const file = new RefusedFile(['torn']);
    const quarantine = file.quarantine({ uncountedFrom: null });

    await quarantine.flush();
    await quarantine.flush();

    expect(file.store.calls).toEqual({ get: 0, put: 0, list: 0, remove: 0 });
  });

  test('keeps what this run wrote before', async () => {
    const file = new RefusedFile(['a', 'b', 'an event']);
    const quarantine = file.quarantine();

    for (const rejection of [file.rejection(3, 1), file.rejection(1), file.rejection(3, 0), file.rejection(2)]) {
      quarantine.add(rejection, null);
      await quarantine.flush();
    }

    expect(await rows(file.store)).toEqual(['1:', '2:', '3:0', '3:1']);
  });

  test('takes away what a killed run left uncounted, also where this run refuses nothing', async () => {
    const file = new RefusedFile(['a', 'event', 'x'.repeat(1 << 20), 'b']);
    const killed = file.quarantine();
    for (const rejection of [file.rejection(1), file.rejection(2, 0), file.rejection(2, 1), file.rejection(4)])
      killed.add(rejection, null);
    await killed.flush();

    const next = file.quarantine({ isCounted: (line, row) => line === 1 || (line === 2 && row === 1) });
    await next.flush();

    expect(await rows(file.store)).toEqual(['1:', '2:1']);
  });

  test('looks for what was left no further back than this run began', async () => {
    const file = new RefusedFile(['a', 'x'.repeat(1 << 20), 'b']);
    const earlier = file.quarantine();
    for (const line of [1, 3]) earlier.add(file.rejection(line), null);
    await earlier.flush();
    const gets = file.store.calls.get;

    await file.quarantine({ uncountedFrom: (1 << 20) + 3 }).flush();

    expect(file.store.calls.get - gets).toBe(1);
    expect(await rows(file.store)).toEqual(['1:']);
  });

  test('that failed is made up for by the next one, with what came meanwhile', async () => {
    const file = new RefusedFile(['a', 'b']);
    const quarantine = file.quarantine({ uncountedFrom: null });
    quarantine.add(file.rejection(1), null);
    file.store.faults.failNext = 1;

    await expect(quarantine.flush()).rejects.toThrow(StoreUnavailable);
    quarantine.add(file.rejection(2), null);
    await quarantine.flush();

    expect(await rows(file.store)).toEqual(['1:', '2:']);
  });

  test.each([1, 2])('whose answer %s got lost is repeated, and nothing is missing or there twice', async (at) => {
    const file = new RefusedFile(['a', 'b', 'c']);
    const quarantine = file.quarantine();

    for (const line of [1, 2, 3]) {
      quarantine.add(file.rejection(line), null);
      if (line === at) file.store.faults.loseNextAnswers = 1;
      await quarantine.flush().catch(() => quarantine.flush());
    }

    expect(await rows(file.store)).toEqual(['1:', '2:', '3:']);
  });

  test('outlives conflicts that nobody won', async () => {
    const file = new RefusedFile(['a']);
    const quarantine = file.quarantine();
    quarantine.add(file.rejection(1), null);
    file.store.faults.conflictNext = 2;

    await quarantine.flush();

    expect(await rows(file.store)).toEqual(['1:']);
  });

  test('that failed before it took effect lets no leftover of a killed run through', async () => {
    const file = new RefusedFile(['a', 'b']);
    const killed = file.quarantine();
    killed.add(file.rejection(1), null);
    await killed.flush();
    let puts = 0;
    const store = altered(file.store, {
      put: (...write) => {
        puts += 1;
        return puts === 1 ? Promise.reject(new StoreUnavailable('503')) : file.store.put(...write);
      },
      remove: () => Promise.reject(new StoreUnavailable('503')),
    });
    const quarantine = file.quarantine({ store, uncountedFrom: null });
    quarantine.add(file.rejection(2), null);

    await quarantine.flush().catch(() => quarantine.flush());

    expect(await rows(file.store)).toEqual(['2:']);
  });

  test('knows its own write again that was answered with a conflict, because the client had sent it twice', async () => {
    const file = new RefusedFile(['a']);
    const store = altered(file.store, {
      put: async (...write) => {
        await file.store.put(...write);
        return { kind: 'conflict' };
      },
    });
    const quarantine = file.quarantine({ store });
    quarantine.add(file.rejection(1), null);

    await quarantine.flush();

    expect(await rows(file.store)).toEqual(['1:']);
  });

  test('overwrites nothing that was written after it had read', async () => {
    const file = new RefusedFile(['a', 'b']);
    const other = file.quarantine();
    other.add(file.rejection(2), null);
    const store = altered(file.store, {
      put: async (...write) => {
        await other.flush();
        return file.store.put(...write);
      },
    });
    const quarantine = file.quarantine({ store });
    quarantine.add(file.rejection(1), null);

    await expect(quarantine.flush()).rejects.toThrow(StoreUnavailable);
    expect(await rows(file.store)).toEqual(['2:']);
  });

  test('of a run that lost its lease without knowing does not overwrite what the next run wrote', async () => {
    const file = new RefusedFile(['a', 'b', 'c']);
    const frozen = file.quarantine();
    frozen.add(file.rejection(1), null);
    await frozen.flush();
    const next = file.quarantine({ isCounted: (line) => line === 1 });
    next.add(file.rejection(2), null);
    await next.flush();

    frozen.add(file.rejection(3), null);

    await expect(frozen.flush()).rejects.toThrow(StoreUnavailable);
    expect(await rows(file.store)).toEqual(['1:', '2:']);
  });

  test('comes by itself when very many lines wait', async () => {
    const file = new RefusedFile(Array.from({ length: 25_000 }, (_, at) => `line ${at}`));
    const quarantine = file.quarantine();

    for (let line = 1; line <= 25_000; line += 1) quarantine.add(file.rejection(line), null);
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect((await records(file.store)).length).toBeGreaterThan(0);
    await quarantine.flush();
    expect(await records(file.store)).toHaveLength(25_000);
  });
});

describe('the size of a segment', () => {
  const LINE_BYTES = 200_000;
  const ROWS = 100_000;

  test.each([
    ['alike', () => 'it is wrong', 1, 1],
    ['one of two ways', (row: number) => `answer ${row % 2}`, 2, 4.5],
  ])('grows little with 100,000 rows of an event, all refused %s', async (_, reason, count, times) => {
    const file = new RefusedFile(['x'.repeat(LINE_BYTES)]);
    const quarantine = file.quarantine();

    for (let row = 0; row < ROWS; row += 1) quarantine.add(file.rejection(1, row, { reason: reason(row) }), null);
    await quarantine.flush();

    const [body = ''] = Object.values(await objects(file.store));
    expect(await records(file.store)).toHaveLength(count);
    expect(body.length).toBeLessThan(times * LINE_BYTES + 2_000);
    expect(await rows(file.store)).toHaveLength(ROWS);
  });

  test('is at most a third more than the bytes of lines that would be much longer as text', async () => {
    const file = new RefusedFile([Buffer.alloc(LINE_BYTES, 1)]);
    const quarantine = file.quarantine();

    quarantine.add(file.rejection(1), null);
    await quarantine.flush();

    const [body = ''] = Object.values(await objects(file.store));
    expect(body.length).toBeLessThan((LINE_BYTES * 4) / 3 + 2_000);
  });
});
