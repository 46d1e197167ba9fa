import { appendFileSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskTag, readDiskFile } from '../../src/replay/disk-file';

const folder = mkdtempSync(join(tmpdir(), 'disk-file-'));
const path = join(folder, 'a.jsonl');
const TEXT = 'x'.repeat(600_000);
const tagNow = (): string => diskTag(statSync(path));

beforeEach(() => writeFileSync(path, TEXT));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(eTag: string | null, meanwhile: () => void = () => undefined): Promise<string> {
  let text = '';
  for await (const chunk of readDiskFile(path, eTag)) {
    text += Buffer.from(chunk).toString();
    meanwhile();
  }
  return text;
}

test('a file on disk is read whole, under its tag or without any', async () => {
  expect(await read(tagNow())).toBe(TEXT);
  expect(await read(null)).toBe(TEXT);
});

test.each([
  ['of another size', () => appendFileSync(path, 'y')],
  ['of the same size, written later', () => utimesSync(path, 1_900_000_000, 1_900_000_000)],
])('content %s is not read under the earlier tag', async (_, change) => {
  const eTag = tagNow();
  change();

  await expect(read(eTag)).rejects.toMatchObject({ name: 'SourceFailure', kind: 'superseded' });
  expect((await read(null)).length).toBeGreaterThanOrEqual(TEXT.length);
});

test('content that changes while it is read does not pass for the whole', async () => {
  const eTag = tagNow();

  await expect(read(eTag, () => appendFileSync(path, 'y'))).rejects.toMatchObject({ kind: 'superseded' });
});

test('a file that is gone says so', async () => {
  const eTag = tagNow();
  rmSync(path);

  await expect(read(eTag)).rejects.toMatchObject({ kind: 'gone' });
});
