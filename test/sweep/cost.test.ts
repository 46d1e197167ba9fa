import type { S3Client } from '@aws-sdk/client-s3';
import { FILE_START } from '../../src/core/progress';
import { fileHash, type LedgerEntry, ledgerPrefix, NO_COUNTS, writeEntry } from '../../src/ledger/entry';
import type { StateStore } from '../../src/store/state-store';
import { CaptureTree } from '../../src/sweep/capture-tree';
import { HOUR_MS, hourStartMs } from '../../src/sweep/hours';
import { s3Folders } from '../../src/sweep/s3-folders';
import { sweep } from '../../src/sweep/sweep';
import { readPage, section, tableRows } from '../support/docs-pages';

/** What an hour of 10,000 files costs in calls to S3, and that docs/sweep.md says so. */
const HOUR = '2026-09-01-14';
const FILES = 10_000;
const [BUCKET, PREFIX] = ['captures', 'captures/churn/'];
const FOLDER = `${PREFIX}churn/AllTraffic/2026/09/01/14/`;
const KEYS = Array.from({ length: FILES }, (_, at) => `${FOLDER}00-00-000-${String(at).padStart(5, '0')}.jsonl`);
const MODIFIED_MS = hourStartMs(HOUR) + 60_000;

class Calls {
  readonly counts = new Map<string, number>();
  note(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** S3's answer to a list of one folder that holds all files, a thousand a page; its parents hold the way to it. */
function captureClient(calls: Calls): S3Client {
  const send = ({ input }: { input: { Prefix: string; MaxKeys?: number; ContinuationToken?: string } }): object => {
    const { Prefix, MaxKeys, ContinuationToken } = input;
    calls.note(Prefix === FOLDER ? 'LIST captures' : 'LIST folders');
    if (MaxKeys === 1) return { Contents: [{ Key: KEYS[0] }] };
    if (Prefix !== FOLDER)
      return { CommonPrefixes: [{ Prefix: `${Prefix}${FOLDER.slice(Prefix.length).split('/')[0]}/` }] };
    const from = Number(ContinuationToken ?? 0);
    const page = KEYS.slice(from, from + 1_000);
    const Contents = page.map((Key) => ({ Key, ETag: '"e"', Size: 1, LastModified: new Date(MODIFIED_MS) }));
    return { Contents, ...(from + 1_000 < FILES ? { NextContinuationToken: String(from + 1_000) } : {}) };
  };
  return { send: (command: never) => Promise.resolve(send(command)) } as unknown as S3Client;
}

/** A ledger with an entry of every file, all of them done. */
function ledgerStore(calls: Calls, nowMs: () => number): StateStore {
  const objects = new Map<string, string>();
  const prefix = `${ledgerPrefix('churn', 'arthur')}${HOUR}/`;
  for (const key of KEYS) objects.set(prefix + fileHash({ bucket: BUCKET, key }), writeEntry(entryOf(key)));
  objects.set('start/v1/churn/arthur', JSON.stringify({ schema: 1, sinceHour: HOUR, atMs: 0 }));
  const ledgerKeys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  // Roll-ups of the hours since, and of what has no hour, are told apart from this one's.
  const isOther = (key: string): boolean => key.startsWith('rollup/') && !key.endsWith(HOUR);
  const kind = (key: string): string => `${isOther(key) ? 'other ' : ''}${key.split('/')[0] ?? ''}`;
  return {
    nowMs,
    get: (key) => {
      calls.note(`GET ${kind(key)}`);
      const body = objects.get(key);
      return Promise.resolve(
        body === undefined ? null : { body, tag: 't', modifiedMs: MODIFIED_MS, answeredMs: nowMs() },
      );
    },
    put: (key, body) => {
      calls.note(`PUT ${kind(key)}`);
      objects.set(key, body);
      return Promise.resolve({ kind: 'written', tag: 't' });
    },
    list: (asked, { after = null } = {}) => {
      const isHour = asked === prefix;
      calls.note(isHour ? 'LIST ledger' : 'LIST ledger without an hour');
      const keys = isHour ? ledgerKeys.slice(after === null ? 0 : ledgerKeys.indexOf(after) + 1) : [];
      return Promise.resolve({
        entries: keys.slice(0, 1_000).map((key) => ({ key, modifiedMs: MODIFIED_MS })),
        hasMore: keys.length > 1_000,
      });
    },
    remove: () => Promise.reject(new Error('a sweep removes nothing')),
  };
}

const entryOf = (key: string): LedgerEntry => ({
  schema: 1,
  writeId: 'w',
  model: 'churn',
  sink: 'arthur',
  bucket: BUCKET,
  key,
  content: { versionId: null, eTag: 'e', sequencer: null },
  state: 'done',
  firstSeenMs: MODIFIED_MS,
  progress: FILE_START,
  counts: { ...NO_COUNTS, captured: 1, delivered: 1 },
  attempts: 0,
  generation: 0,
  configHash: 'h',
  epoch: 1,
  lease: null,
  stop: null,
  batches: [],
  earlier: { files: { done: 0, gone: 0, superseded: 0, quarantined: 0 }, counts: NO_COUNTS },
});

describe('an hour of 10,000 files', () => {
  const looks: ReadonlyMap<string, number>[] = [];
  beforeAll(async () => {
    let nowMs = hourStartMs(HOUR) + 80 * 60_000;
    const calls = new Calls();
    const store = ledgerStore(calls, () => nowMs);
    for (let look = 0; look < 3; look += 1) {
      calls.counts.clear();
      const { requeued, stop } = await sweep({
        store,
        model: 'churn',
        sinks: ['arthur'],
        captures: [{ bucket: BUCKET, prefix: PREFIX }],
        listing: new CaptureTree(
          s3Folders(captureClient(calls), BUCKET, () => true),
          PREFIX,
        ),
        send: () => Promise.resolve(),
        log: () => undefined,
        emit: () => undefined,
        isLate: () => false,
      });
      looks.push(new Map(calls.counts));
      nowMs += HOUR_MS;

      expect({ requeued, stop }).toEqual({ requeued: 0, stop: null });
    }
  });

  test('costs what docs/sweep.md says, when it is new and as long as nothing changes', () => {
    const rows = tableRows(section(readPage('docs/sweep.md'), 'What it costs'));
    const told = (column: number): Map<string, number> =>
      new Map(rows.map(({ names, cells }) => [names[0] ?? '', Number(cells[column]?.replaceAll(',', ''))]));
    const counted = (look: ReadonlyMap<string, number> | undefined): Map<string, number> =>
      new Map([...told(1).keys()].map((what) => [what, look?.get(what) ?? 0]));

    expect(told(1)).toEqual(counted(looks[0]));
    expect(told(2)).toEqual(counted(looks[2]));
    expect(looks[0]?.get('GET ledger')).toBe(FILES);
  });
});
