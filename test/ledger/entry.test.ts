import { FILE_START } from '../../src/core/progress';
import { type LedgerEntry, NO_COUNTS, readEntry, readEntryOrNull, writeEntry } from '../../src/ledger/entry';
import { UnreadableState } from '../../src/store/unreadable-state';

const ENTRY: LedgerEntry = {
  schema: 1,
  writeId: 'w',
  model: 'm',
  sink: 's',
  bucket: null,
  key: 'k',
  content: { versionId: null, eTag: 'e', sequencer: null },
  state: 'inFlight',
  firstSeenMs: 1,
  progress: FILE_START,
  counts: NO_COUNTS,
  attempts: 0,
  generation: 0,
  configHash: 'h',
  epoch: 1,
  lease: { owner: 'o', durationMs: 1_000 },
  stop: { code: 'SINK_UNAVAILABLE', reason: 'r' },
  batches: [{ first: 1, count: 1, fromLine: 1, toLine: 2, answer: 'delivered', atMs: 1 }],
  earlier: { files: { done: 0, gone: 0, superseded: 0, quarantined: 0 }, counts: NO_COUNTS },
};

describe('a ledger entry', () => {
  test('reads as it was written, with what other commands keep in it', () => {
    const written = { ...ENTRY, leaving: null };

    expect(readEntry(writeEntry(written), 'k')).toEqual(written);
  });

  test.each(['', '{', 'null', '[]', '7', '"SENSITIVE', '{"schema":1}'])('is not read from %p', (body) => {
    expect(readEntryOrNull(body)).toBeNull();
    expect(() => readEntry(body, 'ledger/key')).toThrow(UnreadableState);
    expect(() => readEntry(body, 'ledger/key')).toThrow(/^ledger\/key cannot be read/);
  });

  test.each(Object.keys(ENTRY))('without %s is none', (name) => {
    expect(readEntryOrNull(JSON.stringify({ ...ENTRY, [name]: undefined }))).toBeNull();
  });

  test.each([
    ['a state of no kind', { state: 'lost' }],
    ['a count that is missing', { counts: { ...NO_COUNTS, redriven: undefined } }],
    ['a count that is none', { counts: { ...NO_COUNTS, delivered: '1' } }],
    ['progress without its end', { progress: { ...FILE_START, seen: null } }],
    ['a lease without its time', { lease: { owner: 'o' } }],
    ['batches that are no list', { batches: {} }],
    ['earlier files without their number', { earlier: { files: {}, counts: NO_COUNTS } }],
  ])('with %s is none', (_what, change) => {
    expect(readEntryOrNull(JSON.stringify({ ...ENTRY, ...change }))).toBeNull();
  });

  test('with a number too large to be one is none', () => {
    expect(readEntryOrNull(writeEntry(ENTRY).replace('"firstSeenMs":1', '"firstSeenMs":1e999'))).toBeNull();
  });
});
