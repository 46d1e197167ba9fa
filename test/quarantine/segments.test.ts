import { listSegments, readSegments, type SegmentChoice, segmentsByFile } from '../../src/quarantine/segments';
import { MemoryStore } from '../support/memory-store';
import { altered, objects, RefusedFile } from './refused-file';

const FILES = [
  ['one', '2026-09-01-13', 'aa'],
  ['one', '2026-09-01-14', 'ab'],
  ['one', '2026-09-01-14', 'bb'],
  ['one', 'no-hour', 'cc'],
  ['two', '2026-09-01-13', 'dd'],
] as const;

async function filled(): Promise<MemoryStore> {
  const file = new RefusedFile(['torn']);
  const quarantine = file.quarantine();
  quarantine.add(file.rejection(1), null);
  await quarantine.flush();
  const [body = ''] = Object.values(await objects(file.store));
  const store = new MemoryStore({ nowMs: () => 0 });
  for (const [sink, hour, hash] of FILES)
    for (const name of ['0-000000', '1-000000', '1-000003'])
      await store.put(`quarantine/v1/m/${sink}/${hour}/${hash}/${name}.ndjson`, body, 'absent');
  await store.put('quarantine/v1/other/one/2026-09-01-13/aa/0-000000.ndjson', body, 'absent');
  await store.put('quarantine/v1/m/one/README', 'somebody else', 'absent');
  return store;
}

async function hashes(choice: Partial<SegmentChoice>, pageSize = 2): Promise<string[]> {
  const store = await filled();
  const { list } = store;
  const paged = altered(store, { list: (prefix, options = {}) => list(prefix, { ...options, max: pageSize }) });
  const found: string[] = [];
  for await (const file of segmentsByFile(paged, { model: 'm', sink: null, hours: null, ...choice }))
    found.push(`${file.fileHash}${file.segments.length}`);
  return found;
}

describe('segments in quarantine', () => {
  test('come file by file, all contents of a file together, wherever pages end', async () => {
    for (const pageSize of [1, 2, 3, 1_000])
      expect(await hashes({}, pageSize)).toEqual(['aa3', 'ab3', 'bb3', 'cc3', 'dd3']);
  });

  test('can be those of one sink and of some hours; files without an hour are in none', async () => {
    expect(await hashes({ sink: 'one' })).toEqual(['aa3', 'ab3', 'bb3', 'cc3']);
    expect(await hashes({ sink: 'one', hours: { from: '2026-09-01-14', to: null } })).toEqual(['ab3', 'bb3']);
    expect(await hashes({ hours: { from: null, to: '2026-09-01-14' } })).toEqual(['aa3', 'dd3']);
  });

  test('say what stands in them and where they belong, one in memory', async () => {
    const store = await filled();
    const choice = { model: 'm', sink: 'two', hours: null };

    const read: unknown[] = [];
    for await (const { sink, hour, contentOrdinal, segment, lines } of readSegments(store, choice))
      read.push([sink, hour, contentOrdinal, segment, [...lines.keys()]]);

    expect(read).toEqual([
      ['two', '2026-09-01-13', 0, 0, [1]],
      ['two', '2026-09-01-13', 1, 0, [1]],
      ['two', '2026-09-01-13', 1, 3, [1]],
    ]);
    expect(store.calls.get).toBe(3);
  });

  test('of earlier hours are not even listed when they are not asked for', async () => {
    const store = await filled();
    const before = store.calls.list;

    const found: string[] = [];
    for await (const { fileHash } of listSegments(store, {
      model: 'm',
      sink: 'one',
      hours: { from: '2026-09-01-14', to: null },
    }))
      found.push(fileHash);

    expect(new Set(found)).toEqual(new Set(['ab', 'bb']));
    expect(store.calls.list - before).toBe(1);
  });
});
