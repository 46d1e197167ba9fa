import type { Rejection } from '../../src/core/types';
import { Quarantine, type QuarantineOptions } from '../../src/quarantine/quarantine';
import type { StateStore } from '../../src/store/state-store';
import { MemoryStore } from '../support/memory-store';

/** A capture file whose lines are refused at will, and the quarantine it goes to. */
export const KEY = 'captures/credit/A/2026/09/01/14/00-00-000-1111.jsonl';
export const FOLDER = 'quarantine/v1/m/partner/2026-09-01-14/40ae83b7d992caa174d65c24e4e7e5c78d2ab9b5';

export class RefusedFile {
  readonly store = new MemoryStore({ nowMs: () => Date.UTC(2026, 8, 1, 15) });
  /** Byte ranges that were read. */
  readonly reads: (readonly [number, number])[] = [];
  isGone = false;
  private readonly bytes: Buffer;
  private readonly places: { readonly byteOffset: number; readonly byteLength: number }[] = [];

  constructor(lines: readonly (string | Buffer)[]) {
    const pieces: Buffer[] = [];
    let byteOffset = 0;
    for (const line of lines) {
      const bytes = Buffer.from(line as string);
      this.places.push({ byteOffset, byteLength: bytes.length });
      pieces.push(bytes, Buffer.from('\n'));
      byteOffset += bytes.length + 1;
    }
    this.bytes = Buffer.concat(pieces);
  }

  /** From 1, as lines are counted. */
  rejection(line: number, row: number | null = null, more: Partial<Rejection> = {}): Rejection {
    const file = { bucket: 'ml', key: KEY, versionId: null };
    const { byteOffset, byteLength } = this.places[line - 1] ?? { byteOffset: 0, byteLength: 0 };
    return {
      stage: row === null ? 'line' : 'deliver',
      code: row === null ? 'MALFORMED_LINE' : 'PARTNER_REFUSED_ROW',
      reason: 'it is wrong',
      place: { file, line, byteOffset, byteLength },
      row,
      partnerInferenceId: row === null ? null : `event-${line}_${row}`,
      ...more,
    };
  }

  quarantine(options: Partial<QuarantineOptions> = {}): Quarantine {
    return new Quarantine({
      store: this.store,
      model: 'm',
      sink: 'partner',
      file: { bucket: 'ml', key: KEY, versionId: null },
      content: { versionId: null, eTag: 'e1', sequencer: '01' },
      contentOrdinal: 0,
      generation: 0,
      decoderVersion: '1.0.0',
      readRange: (from, length) => this.readRange(from, length),
      maxOriginalBytes: 32 << 20,
      isCounted: () => false,
      ...options,
    });
  }

  private readRange(from: number, length: number): Promise<Buffer | null> {
    this.reads.push([from, length]);
    return Promise.resolve(this.isGone ? null : this.bytes.subarray(from, from + length));
  }
}

export interface Stored {
  readonly line: number;
  readonly row: number | null;
  readonly rows: string | null;
  readonly code: string;
  readonly original?: unknown;
  readonly [name: string]: unknown;
}

/** Every object and its text. */
export async function objects(store: StateStore): Promise<Record<string, string>> {
  const { entries } = await store.list('quarantine/');
  const bodies = await Promise.all(entries.map(async ({ key }) => [key, (await store.get(key))?.body ?? ''] as const));
  return Object.fromEntries(bodies);
}

export async function records(store: StateStore): Promise<Stored[]> {
  const texts = Object.values(await objects(store)).flatMap((body) => body.split('\n').filter((text) => text !== ''));
  return texts.map((text) => JSON.parse(text) as Stored);
}

/** `line:row`, each row by itself. */
export async function rows(store: StateStore): Promise<string[]> {
  const found = await records(store);
  return found.flatMap(({ line, row, rows: several }) => {
    const ranges = (several ?? String(row ?? '')).split(' ').map((range) => range.split('-').map(Number));
    return row === null
      ? [`${line}:`]
      : ranges.flatMap(([first = 0, last = first]) =>
          Array.from({ length: last - first + 1 }, (_, at) => `${line}:${first + at}`),
        );
  });
}

/** The same store, of which some calls do something else. */
export function altered(store: StateStore, change: Partial<StateStore>): StateStore {
  const { get, put, list, remove, nowMs } = store;
  return { get, put, list, remove, nowMs, ...change };
}
