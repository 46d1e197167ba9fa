import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loops, statePlaces } from '../../../lib/notifications/loops';
import { STATE_PREFIXES } from '../../../src/core/state-prefixes';

const watched = (prefix: string, bucket = 'b') => ({ name: 'credit-risk', bucket, prefix });
const lake = (prefix: string, bucket = 'b') => ({ name: 'lake', bucket, prefix });

describe('loops', () => {
  test.each([
    ['below what is watched', 'captures/', 'captures/lake/', 'captures/lake/example.jsonl'],
    ['above what is watched', 'lake/captures/', 'lake/', 'lake/captures/example.jsonl'],
    ['where all of the bucket is watched', '', 'lake/', 'lake/example.jsonl'],
  ])('finds a place %s, with a key', (_, prefix, written, key) => {
    expect(loops([watched(prefix)], [lake(written)]).map((loop) => loop.key)).toEqual([key]);
  });

  test('finds none beside it, nor in another bucket', () => {
    expect(loops([watched('captures/')], [lake('lake/'), lake('captures/', 'other')])).toEqual([]);
  });

  test('finds each place of the state that a trigger of the whole bucket would see', () => {
    expect(loops([watched('')], statePlaces('b', 'relay/')).map((loop) => loop.written.prefix)).toEqual(
      STATE_PREFIXES.map((prefix) => `relay/${prefix}`),
    );
  });

  test('knows every place that docs/state.md names', () => {
    const page = readFileSync(join(__dirname, '../../../docs/state.md'), 'utf8');
    const named = [...page.matchAll(/`([a-z]+\/)v1\//g)].map((match) => match[1] ?? '');

    expect([...new Set(named)].sort()).toEqual([...STATE_PREFIXES]);
  });
});
