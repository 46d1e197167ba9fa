import { createHash } from 'node:crypto';
import type { WorkMessage } from '../../src/aws/work-message';
import { FILE_START } from '../../src/core/progress';
import { type LedgerEntry, ledgerKey, NO_COUNTS, writeEntry } from '../../src/ledger/entry';
import type { FolderReader, ListedFile } from '../../src/sweep/capture-listing';
import { CaptureTree } from '../../src/sweep/capture-tree';
import { HOUR_MS, hourStartMs } from '../../src/sweep/hours';
import { readRollup, type Rollup } from '../../src/sweep/rollup';
import { startKey } from '../../src/sweep/start-marker';
import { sweep } from '../../src/sweep/sweep';
import type { SweepLimits, SweepOptions, SweepResult } from '../../src/sweep/sweep-options';
import { MemoryStore } from '../support/memory-store';

/** A capture bucket, a state store and a queue in memory, under a clock that stands still until it is moved. */
export const MODEL = 'credit-risk';
export const CAPTURE = { bucket: 'ml-captures', prefix: 'captures/credit-risk/' };
const FOLDER = `${CAPTURE.prefix}endpoint/AllTraffic/`;

export interface Sent {
  readonly sink: string;
  readonly message: WorkMessage;
}

export type Metrics = Readonly<Record<string, number>> & { readonly Sink: string };

export class SweepWorld {
  readonly captures = new Map<string, { content: string; modifiedMs: number }>();
  readonly store: MemoryStore = new MemoryStore({ nowMs: () => this.nowMs });
  readonly sent: Sent[] = [];
  readonly lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  /** Calls to list captures. */
  lists = 0;
  metrics = new Map<string, Metrics>();
  nowMs: number;
  /** Queues that take nothing. */
  readonly brokenQueues = new Set<string>();

  private constructor(
    startHour: string,
    private readonly sinks: readonly string[],
  ) {
    this.nowMs = hourStartMs(startHour);
  }

  /** The sinks started with this hour. */
  static async since(startHour: string, sinks: readonly string[] = ['arthur']): Promise<SweepWorld> {
    const world = new SweepWorld(startHour, sinks);
    for (const sink of sinks) await world.start(sink, startHour);
    return world;
  }

  async start(sink: string, sinceHour: string): Promise<void> {
    const marker = JSON.stringify({ schema: 1, sinceHour, atMs: this.nowMs });
    await this.store.put(startKey(MODEL, sink), marker, 'absent');
  }

  /** `2026-09-01-14`, minutes into it. */
  at(hour: string, minutes = 0): void {
    this.nowMs = hourStartMs(hour) + minutes * 60_000;
  }

  wait(hours: number): void {
    this.nowMs += hours * HOUR_MS;
  }

  key(hour: string, name: string): string {
    return `${FOLDER}${hour.replaceAll('-', '/')}/00-00-000-${name}.jsonl`;
  }

  /** Puts an object; the same key again is an overwrite. */
  put(key: string, content = 'content'): string {
    this.captures.set(key, { content, modifiedMs: this.nowMs });
    return key;
  }

  captured(hour: string, name: string, content?: string): string {
    return this.put(this.key(hour, name), content);
  }

  /** What the forwarder leaves in the ledger. */
  async entry(key: string, change: Partial<LedgerEntry> = {}, sink = 'arthur'): Promise<LedgerEntry> {
    const file = { bucket: CAPTURE.bucket, key };
    const entry: LedgerEntry = {
      schema: 1,
      writeId: `${this.store.calls.put}`,
      model: MODEL,
      sink,
      ...file,
      content: { versionId: null, eTag: eTagOf(this.captures.get(key)?.content ?? ''), sequencer: '0A' },
      state: 'done',
      firstSeenMs: this.nowMs,
      progress: FILE_START,
      counts: { ...NO_COUNTS, lines: 10, events: 10, captured: 10, delivered: 9, accepted: 4, quarantined: 1 },
      attempts: 0,
      generation: 0,
      configHash: 'hash',
      epoch: 1,
      lease: null,
      stop: null,
      batches: [],
      earlier: { files: { done: 0, gone: 0, superseded: 0, quarantined: 0 }, counts: NO_COUNTS },
      ...change,
    };
    await this.store.put(ledgerKey(MODEL, sink, file), writeEntry(entry), 'any');
    return entry;
  }

  /** A file and its entry, both as they should be. */
  async delivered(hour: string, name: string, sink = 'arthur'): Promise<string> {
    const key = this.captured(hour, name);
    await this.entry(key, {}, sink);
    return key;
  }

  async sweep(
    change: Partial<SweepOptions> & { limits?: Partial<SweepLimits> } = {},
  ): Promise<SweepResult & { sent: Sent[] }> {
    const before = this.sent.length;
    const result = await sweep({
      store: this.store,
      model: MODEL,
      sinks: this.sinks,
      captures: [CAPTURE],
      listing: this.listing(),
      send: (sink, message) => {
        if (this.brokenQueues.has(sink)) return Promise.reject(new Error('AccessDenied'));
        this.sent.push({ sink, message });
        return Promise.resolve();
      },
      log: (level, message, fields = {}) => void this.lines.push({ level, message, fields }),
      emit: (line) => {
        const metrics = JSON.parse(line) as Metrics;
        this.metrics.set(metrics.Sink, metrics);
      },
      isLate: () => false,
      ...change,
    });
    return { ...result, sent: this.sent.slice(before) };
  }

  keysSent(from = 0): string[] {
    return this.sent.slice(from).map(({ message }) => message.file.key);
  }

  rollup(hour: string, sink = 'arthur'): Promise<Rollup | null> {
    return readRollup(this.store, MODEL, sink, hour);
  }

  listing(prefix = CAPTURE.prefix): CaptureTree {
    return new CaptureTree(this.reader(), prefix);
  }

  private reader(): FolderReader {
    const keysBelow = (folder: string): string[] => [...this.captures.keys()].filter((key) => key.startsWith(folder));
    const pages = (folder: string): { files: ListedFile[]; folders: string[] } => {
      const rests = keysBelow(folder).map((key) => key.slice(folder.length));
      const folders = new Set(
        rests.filter((rest) => rest.includes('/')).map((rest) => `${folder}${rest.split('/')[0]}/`),
      );
      return {
        files: rests.filter((rest) => !rest.includes('/')).map((rest) => this.listed(folder + rest)),
        folders: [...folders],
      };
    };
    const call = <T>(answer: T): T => {
      this.lists += 1;
      return answer;
    };
    return {
      list: async function* (folder) {
        yield call(pages(folder));
      },
      anyKey: (folder) => Promise.resolve(call(keysBelow(folder)[0] ?? null)),
    };
  }

  private listed(key: string): ListedFile {
    const { content, modifiedMs } = this.captures.get(key) ?? { content: '', modifiedMs: 0 };
    const file = { bucket: CAPTURE.bucket, key, versionId: null };
    return { file, eTag: eTagOf(content), sizeBytes: content.length, modifiedMs };
  }
}

export const eTagOf = (content: string): string => createHash('md5').update(content).digest('hex');
