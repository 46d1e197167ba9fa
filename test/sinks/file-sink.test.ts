import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../../src/sinks/file/file-sink';
import { outputPath } from '../../src/sinks/file/output-path';
import type { CaptureFile, InferenceBatch } from '../../src/core/types';
import { columns, inference, number } from '../support/inferences';

const file: CaptureFile = { bucket: 'b', key: 'p/e/v/2026/09/01/12/x.jsonl', versionId: null };
const signal = new AbortController().signal;
const batch = (...ids: string[]): InferenceBatch => ({
  inferences: ids.map((partnerInferenceId) =>
    inference({
      partnerInferenceId,
      place: { ...inference().place, file },
      inputs: columns({ big: number('12345678901234567890'), exact: number('1.50'), text: 'number:1' }),
    }),
  ),
  rows: [],
  bodyBytes: 0,
  attempt: 0,
});

describe('the file sink', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'file-sink-'));
  });
  afterEach(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true, force: true });
  });
  const written = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  test('writes one inference a line with every digit of its numbers', async () => {
    const sink = await openFile({ type: 'file', path: folder });
    await sink.deliver(batch('a', 'b'), signal);
    await sink.deliver(batch('c'), signal);
    await sink.finishFile?.(file, { complete: true });

    const lines = readFileSync(outputPath(folder, file, '.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { partnerInferenceId: string }).partnerInferenceId)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(lines[0]).toContain('"inputs":{"big":12345678901234567890,"exact":1.50,"text":"number:1"}');
  });

  test('writes one JSON array a file when asked', async () => {
    const sink = await openFile({ type: 'file', path: folder, format: 'json-array' });
    await sink.deliver(batch('a', 'b'), signal);
    await sink.deliver(batch('c'), signal);
    await sink.finishFile?.(file, { complete: true });

    expect((JSON.parse(readFileSync(outputPath(folder, file, '.json'), 'utf8')) as object[]).length).toBe(3);
  });

  test('shows nothing of a file until it is whole, and nothing at all when it never is', async () => {
    const sink = await openFile({ type: 'file', path: folder });
    await sink.deliver(batch('a'), signal);

    expect(existsSync(outputPath(folder, file, '.ndjson'))).toBe(false);
    expect(await sink.finishFile?.(file, { complete: false })).toMatchObject({ kind: 'retryable' });
    expect(written()).toEqual([]);
  });

  test('makes the same file again from the same captures', async () => {
    for (let run = 0; run < 2; run += 1) {
      const sink = await openFile({ type: 'file', path: folder });
      await sink.deliver(batch('a'), signal);
      await sink.finishFile?.(file, { complete: true });
    }

    expect(written()).toEqual([outputPath(folder, file, '.ndjson')]);
  });

  test('says that a folder cannot be written, instead of losing inferences', async () => {
    const occupied = join(folder, 'a-file');
    writeFileSync(occupied, '');
    const sink = await openFile({ type: 'file', path: join(occupied, 'below') });

    expect(await sink.deliver(batch('a'), signal)).toMatchObject({ kind: 'misconfigured', code: 'SINK_PATH' });
  });

  test('says that the disk is full and keeps everything in flight', async () => {
    if (!existsSync('/dev/full')) return;
    const sink = await openFile({ type: 'file', path: folder });
    const disk = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
    const really = disk.open;
    const open = jest.spyOn(disk, 'open').mockImplementation(() => really('/dev/full', 'w'));

    const result = await sink.deliver(batch('a'), signal);
    open.mockRestore();

    expect(result).toMatchObject({ kind: 'retryable', reason: expect.stringContaining('ENOSPC') });
    await sink.close();
  });

  test.each([
    '../../etc/passwd',
    '/abs/x.jsonl',
    'a//b',
    './x',
    '..',
    'a/../../b',
    `${'é'.repeat(300)}/x`,
    'con trol\u0000\n',
  ])('keeps the key %j inside its folder', (key) => {
    const path = outputPath(folder, { bucket: null, key, versionId: null }, '.ndjson');

    expect(path.startsWith(`${folder}/`)).toBe(true);
    expect(path.split('/').every((segment) => Buffer.byteLength(segment) <= 255)).toBe(true);
  });

  test('gives two keys two paths', () => {
    const keys = [
      'a/b',
      'a//b',
      'a%2Fb',
      'a/./b',
      'a/%dots1/b',
      'A/b',
      `${'x'.repeat(300)}1`,
      `${'x'.repeat(300)}2`,
      '/a/b',
      'a/b/',
    ];

    expect(new Set(keys.map((key) => outputPath(folder, { bucket: null, key, versionId: null }, ''))).size).toBe(
      keys.length,
    );
  });

  test('keeps apart a key and one that lies below it', () => {
    const path = outputPath(folder, { bucket: null, key: 'x.jsonl', versionId: null }, '.ndjson');
    const below = outputPath(folder, { bucket: null, key: 'x.jsonl.ndjson/y.jsonl', versionId: null }, '.ndjson');

    expect(below.startsWith(`${path}/`)).toBe(false);
  });

  test('leaves no half file behind when the last step fails', async () => {
    const sink = await openFile({ type: 'file', path: folder });
    await sink.deliver(batch('a'), signal);
    mkdirSync(join(outputPath(folder, file, '.ndjson'), 'in-the-way'), { recursive: true });

    expect(await sink.finishFile?.(file, { complete: true })).toMatchObject({ kind: 'misconfigured' });
    expect(written()).toEqual([]);
  });
});
