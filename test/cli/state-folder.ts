import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FILE_START } from '../../src/core/progress';
import { type LedgerCounts, type LedgerEntry, ledgerKey, NO_COUNTS, writeEntry } from '../../src/ledger/entry';
import { directoryStore } from '../../src/store/directory-store';
import type { StateStore } from '../../src/store/state-store';
import { CaptureTree } from '../../src/sweep/capture-tree';
import { diskFolders } from '../../src/sweep/disk-folders';
import { startKey } from '../../src/sweep/start-marker';
import { sweep } from '../../src/sweep/sweep';

/** State in a folder, captures in another, and a configuration: what `status` and `find` are given. */
export const MODEL = 'churn';
export const CAPTURE = { bucket: 'ml-captures', prefix: 'captures/churn/' };

export class StateFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'state-'));
  readonly config = join(this.folder, 'churn.yaml');
  readonly captures = join(this.folder, 'captures');
  readonly state = join(this.folder, 'state');
  readonly store: StateStore;

  constructor(sinks: readonly string[] = ['arthur', 'lake']) {
    mkdirSync(this.captures);
    mkdirSync(this.state);
    this.store = directoryStore(this.state);
    const lines = sinks.map(
      (name) => `  - { type: file, name: ${name}, path: /tmp/out${name === 'lake' ? ', variants: [B]' : ''} }`,
    );
    writeFileSync(
      this.config,
      [`model: ${MODEL}`, `capture: { bucket: ${CAPTURE.bucket}, prefix: ${CAPTURE.prefix} }`, 'sinks:', ...lines].join(
        '\n',
      ),
    );
  }

  async start(sink: string, sinceHour: string): Promise<void> {
    await this.store.put(startKey(MODEL, sink), JSON.stringify({ schema: 1, sinceHour, atMs: 0 }), 'any');
  }

  /** A capture on disk; two hours old unless it is said otherwise. */
  capture(key: string, text = '{}\n', ageMs = 7_200_000): string {
    const path = join(this.captures, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const seconds = (Date.now() - ageMs) / 1_000;
    utimesSync(path, seconds, seconds);
    return path;
  }

  /** The ledger's entry of the object that the capture is a copy of. */
  async entry(
    key: string,
    change: Partial<LedgerEntry> & { counts?: LedgerCounts } = {},
    sink = 'arthur',
  ): Promise<LedgerEntry> {
    const entry: LedgerEntry = {
      schema: 1,
      writeId: 'w',
      model: MODEL,
      sink,
      bucket: CAPTURE.bucket,
      key: CAPTURE.prefix + key,
      content: { versionId: null, eTag: 'e', sequencer: null },
      state: 'done',
      firstSeenMs: Date.now() - 3_600_000,
      progress: FILE_START,
      counts: {
        ...NO_COUNTS,
        lines: 10,
        events: 10,
        captured: 10,
        delivered: 7,
        accepted: 2,
        quarantined: 1,
        skipped: 1,
        purged: 1,
      },
      attempts: 0,
      generation: 0,
      configHash: 'h',
      epoch: 1,
      lease: null,
      stop: null,
      batches: [],
      earlier: { files: { done: 0, gone: 0, superseded: 0, quarantined: 0 }, counts: NO_COUNTS },
      ...change,
    };
    await this.store.put(ledgerKey(MODEL, sink, entry), writeEntry(entry), 'any');
    return entry;
  }

  /** What the sweep makes of it. Its listing is of the folder, so its captures are known by their paths. */
  async sweep(sinks: readonly string[]): Promise<void> {
    const listing = new CaptureTree(
      diskFolders((key) => key.endsWith('.jsonl')),
      `${this.captures}/`,
    );
    await sweep({
      store: this.store,
      model: MODEL,
      sinks,
      captures: [CAPTURE],
      listing,
      send: () => Promise.resolve(),
      log: () => undefined,
      emit: () => undefined,
      isLate: () => false,
    });
  }

  /** Everything in the state was written at this moment. */
  writtenAt(timeMs: number): void {
    for (const path of this.stateFiles()) utimesSync(path, timeMs / 1_000, timeMs / 1_000);
  }

  /** Nobody can read them any more, and nothing but that has changed. How many there are. */
  spoil(part: string): number {
    const paths = this.stateFiles().filter((each) => each.includes(part));
    for (const path of paths) {
      const { mtimeMs } = statSync(path);
      writeFileSync(path, 'spoiled');
      utimesSync(path, mtimeMs / 1_000, mtimeMs / 1_000);
    }
    return paths.length;
  }

  private stateFiles(): string[] {
    const entries = readdirSync(this.state, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }

  options(): string[] {
    return ['--config', this.config, '--state', this.state];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** `churn/A/2026/09/01/14/…` of an hour as the ledger names it. */
export const keyIn = (hour: string, name: string, variant = 'A'): string =>
  `churn/${variant}/${hour.replaceAll('-', '/')}/00-00-000-${name}.jsonl`;
