import { fileHash } from '../../src/ledger/entry';
import type { ListedFile } from '../../src/sweep/capture-listing';
import { compareHour, NOTICE_MS, STALLED_MS } from '../../src/sweep/compare-hour';
import type { ShortEntry } from '../../src/sweep/ledger-hour';

/** One file, listed or not, against one entry or none. */
const NOW = Date.UTC(2026, 8, 1, 20);
const FILE = { bucket: 'b', key: 'k', versionId: null };
const listed = (change: Partial<ListedFile> = {}): ListedFile => ({
  file: FILE,
  eTag: 'e',
  sizeBytes: 1,
  modifiedMs: 0,
  ...change,
});
const entry = (change: Partial<ShortEntry> = {}): ShortEntry => ({
  bucket: 'b',
  key: 'k',
  content: { versionId: 'v', eTag: 'e', sequencer: '0A' },
  state: 'done',
  firstSeenMs: 1,
  touchedMs: 0,
  leasedUntilMs: 0,
  stop: null,
  ...change,
});

function compared(file: ListedFile | null, known: ShortEntry | null): string[] {
  const byHash = new Map(known === null ? [] : [[fileHash(FILE), known]]);
  const { missing, stalled, onTheWay } = compareHour(
    file === null ? [] : [file],
    { byHash, unreadable: new Set() },
    NOW,
  );
  return [
    ...missing.map(({ content }) => `missing ${content.versionId} ${content.eTag}`),
    ...stalled.map(({ content }) => `stalled ${content.versionId} ${content.eTag}`),
    ...(onTheWay > 0 ? ['on the way'] : []),
  ];
}

describe('captures against the ledger', () => {
  test.each<[string, ListedFile | null, ShortEntry | null, string[]]>([
    ['nothing at all', null, null, []],
    ['a file without an entry', listed(), null, ['missing null e']],
    [
      'one at the end of its time for a notification',
      listed({ modifiedMs: NOW - NOTICE_MS }),
      null,
      ['missing null e'],
    ],
    ['a younger one', listed({ modifiedMs: NOW - NOTICE_MS + 1 }), null, ['on the way']],
    ['a finished file', listed(), entry(), []],
    ['a finished file of other content', listed({ eTag: 'newer' }), entry(), ['missing null newer']],
    ['a finished file whose store has no content tags', listed({ eTag: null }), entry(), []],
    [
      'an entry without a content tag',
      listed(),
      entry({ content: { versionId: null, eTag: null, sequencer: null } }),
      ['missing null e'],
    ],
    ['a file that is gone, and there', listed(), entry({ state: 'gone' }), ['missing null e']],
    ['a file that is gone', null, entry({ state: 'gone' }), []],
    ['a file that is superseded, and there', listed(), entry({ state: 'superseded' }), ['missing null e']],
    ['a file that was given up', listed(), entry({ state: 'quarantined' }), []],
    ['a file in flight for long', listed(), entry({ state: 'inFlight' }), ['stalled v e']],
    ['a file in flight for long that is listed no more', null, entry({ state: 'inFlight' }), ['stalled v e']],
    [
      'a file in flight at the end of its time',
      listed(),
      entry({ state: 'inFlight', touchedMs: NOW - STALLED_MS }),
      ['stalled v e'],
    ],
    ['a file that was worked on since', listed(), entry({ state: 'inFlight', touchedMs: NOW - STALLED_MS + 1 }), []],
    ['a file that a run holds', listed(), entry({ state: 'inFlight', leasedUntilMs: NOW + 1 }), []],
    [
      'a file in flight for long, with newer content',
      listed({ eTag: 'newer' }),
      entry({ state: 'inFlight' }),
      ['missing null newer'],
    ],
    [
      'the same, with content so new that its notification may come',
      listed({ eTag: 'newer', modifiedMs: NOW }),
      entry({ state: 'inFlight' }),
      ['on the way'],
    ],
  ])('%s', (_, file, known, expected) => {
    expect(compared(file, known)).toEqual(expected);
  });

  test('leaves a file alone whose entry cannot be read', () => {
    const unreadable = new Set([fileHash(FILE)]);

    expect(compareHour([listed()], { byHash: new Map(), unreadable }, NOW)).toEqual({
      missing: [],
      stalled: [],
      onTheWay: 0,
    });
  });
});
