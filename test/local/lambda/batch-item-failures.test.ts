import { failedMessageIds } from '../../../src/local/lambda/batch-item-failures';

const BATCH = new Set(['a', 'b', 'c']);
const ok = (payload: unknown) => ({ kind: 'ok', payload, durationMs: 1 }) as const;

test.each<[string, unknown, string[]]>([
  ['null', null, []],
  ['an empty object', {}, []],
  ['an object with other fields', { statusCode: 500 }, []],
  ['a list that is null', { batchItemFailures: null }, []],
  ['an empty list', { batchItemFailures: [] }, []],
  ['one id', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
  ['two ids', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'c' }] }, ['a', 'c']],
  ['one id twice', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'a' }] }, ['a']],
  ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b', 'c']],
  ['an id that is null', { batchItemFailures: [{ itemIdentifier: null }] }, ['a', 'b', 'c']],
  ['a wrong key', { batchItemFailures: [{ itemId: 'b' }] }, ['a', 'b', 'c']],
  [
    'an unknown id beside a known one',
    { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'x' }] },
    ['a', 'b', 'c'],
  ],
  ['ids without objects', { batchItemFailures: ['b'] }, ['a', 'b', 'c']],
  ['no list at all', { batchItemFailures: { itemIdentifier: 'b' } }, ['a', 'b', 'c']],
  ['a text', 'done', ['a', 'b', 'c']],
  ['a list', [], ['a', 'b', 'c']],
])('an answer that is or holds %s', (_what, payload, failed) => {
  expect([...failedMessageIds(ok(payload), BATCH)]).toEqual(failed);
});

test.each([
  { kind: 'error', errorType: 'Error', errorMessage: 'no' },
  { kind: 'timeout' },
  { kind: 'exit', code: 1, signal: null },
] as const)('an invocation that ends as $kind fails every message', (result) => {
  expect(failedMessageIds(result, BATCH)).toEqual(BATCH);
});
