import * as fc from 'fast-check';
import { overlapOf, overlaps } from '../../../lib/notifications/overlap';
import type { TriggerRule } from '../../../lib/notifications/trigger-rule';
import { findOverlap } from '../../../src/local/s3/events/notification-rule';

const CREATED = 's3:ObjectCreated:*';
const rule = (parts: Partial<TriggerRule> = {}): TriggerRule => ({
  name: 'rule',
  events: [CREATED],
  prefix: '',
  suffix: '',
  ...parts,
});

const takes = ({ prefix, suffix }: TriggerRule, key: string): boolean => key.startsWith(prefix) && key.endsWith(suffix);

/** Every text over these letters, up to so many of them. */
function textsUpTo(length: number, letters: readonly string[]): string[] {
  const texts = [''];
  for (const text of texts) if (text.length < length) texts.push(...letters.map((letter) => text + letter));
  return texts;
}

describe('overlaps', () => {
  // The triggers of Arthur's guide to SageMaker: A, B and C.
  const [a, b, c] = [
    rule({ name: 'A', prefix: 'modelA/datacapture', suffix: '.jsonl' }),
    rule({ name: 'B', prefix: 'modelA', suffix: '.tar.gz' }),
    rule({ name: 'C', prefix: 'modelA' }),
  ];

  test('refuses A+C with a .jsonl key and B+C with a .tar.gz key, and lets A and B be', () => {
    const found = overlaps([a, b, c]).map(({ first, second, key }) => [first.name + second.name, key]);

    expect(found).toEqual([
      ['AC', 'modelA/datacapture/example.jsonl'],
      ['BC', 'modelA/example.tar.gz'],
    ]);
  });

  const small = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
  const filters = fc.record({ prefix: small, suffix: small });
  const KEYS = textsUpTo(6, ['a', 'b']);

  test('says overlap exactly when some short key fits both filters', () => {
    fc.assert(
      fc.property(filters, filters, (one, other) => {
        const [first, second] = [rule(one), rule(other)];
        const isFound = KEYS.some((key) => takes(first, key) && takes(second, key));

        expect(overlapOf(first, second) !== null).toBe(isFound);
      }),
      { numRuns: 2_000 },
    );
  });

  const part = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.jsonl', 'é'), maxLength: 5 });
  const long = fc.tuple(part, fc.integer({ min: 0, max: 1_010 })).map(([text, count]) => text + 'a'.repeat(count));

  test('gives a key that fits both filters, however long they are, and that S3 takes where there is room', () => {
    fc.assert(
      fc.property(long, part, long, part, (prefix, morePrefix, suffix, moreSuffix) => {
        const [first, second] = [
          rule({ prefix, suffix: moreSuffix + suffix }),
          rule({ prefix: prefix + morePrefix, suffix }),
        ];
        const key = overlapOf(first, second)?.key ?? '';
        const needed = Buffer.byteLength(second.prefix) + Buffer.byteLength(first.suffix);

        expect([takes(first, key), takes(second, key)]).toEqual([true, true]);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(Math.max(1024, needed));
      }),
      { numRuns: 2_000 },
    );
  });

  test('lets prefix and suffix share characters where no key has room for both', () => {
    const [prefix, suffix] = [`${'a'.repeat(700)}/shared`, `/shared${'b'.repeat(310)}`];

    expect(overlapOf(rule({ prefix }), rule({ suffix }))?.key).toBe(`${'a'.repeat(700)}/shared${'b'.repeat(310)}`);
  });

  const TYPES = ['s3:ObjectCreated:*', 's3:ObjectCreated:Put', 's3:ObjectCreated:Copy', 's3:ObjectRemoved:*'];
  const anyRule = fc.record({
    name: fc.constant('rule'),
    events: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 }),
    prefix: small,
    suffix: small,
  });

  test('refuses what an S3 that was written apart from it refuses', () => {
    fc.assert(
      fc.property(anyRule, anyRule, (first, second) => {
        const refused = findOverlap([
          { id: '1', ...first },
          { id: '2', ...second },
        ]);

        expect(overlapOf(first, second) !== null).toBe(refused !== null);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['a family and a type of it', [CREATED], ['s3:ObjectCreated:Put'], ['s3:ObjectCreated:Put']],
    ['a type and its family', ['s3:ObjectCreated:Copy'], [CREATED], ['s3:ObjectCreated:Copy']],
    ['two types of a family', ['s3:ObjectCreated:Put'], ['s3:ObjectCreated:Copy'], []],
    ['two families', [CREATED], ['s3:ObjectRemoved:*'], []],
    ['a type that begins like another', ['s3:ObjectRestore:Post'], ['s3:ObjectRestore:PostMore'], []],
    ['lists that share one', ['s3:ObjectRemoved:Delete', CREATED], [CREATED], [CREATED]],
  ])('of %s names the types that both take', (_, some, others, shared) => {
    expect(overlapOf(rule({ events: some }), rule({ events: others }))?.events ?? []).toEqual(shared);
  });

  test.each([
    ['siblings of one beginning', 'cap/endpoint-a', 'cap/endpoint-ab', 'cap/endpoint-ab/example.jsonl'],
    ['an endpoint and its variant', 'cap/e/', 'cap/e/AllTraffic/', 'cap/e/AllTraffic/example.jsonl'],
    ['no prefix at all', '', 'cap/', 'cap/example.jsonl'],
  ])('of prefixes that are %s shows a key as people know them', (_, one, other, key) => {
    expect(overlapOf(rule({ prefix: one }), rule({ prefix: other }))?.key).toBe(key);
  });
});
