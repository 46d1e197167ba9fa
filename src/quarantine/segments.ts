import type { StateStore, Stored } from '../store/state-store';
import { UnreadableState } from '../store/unreadable-state';
import type { QuarantinedLine } from './quarantined-line';
import { parseSegmentKey, quarantinePrefix, type SegmentPlace } from './segment-key';
import { readSegment } from './segment-text';

export interface SegmentChoice {
  readonly model: string;
  /** Null: of all sinks. */
  readonly sink: string | null;
  /** Null: of all hours, and of files that have none. */
  readonly hours: HourRange | null;
}

/** Hours of capture keys, `2026-09-01-14`: from the first on, before the second. Null: no bound. */
export interface HourRange {
  readonly from: string | null;
  readonly to: string | null;
}

export interface ListedSegment extends SegmentPlace {
  readonly key: string;
  /** By the store's clock. */
  readonly modifiedMs: number;
}

export interface Segment extends ListedSegment {
  readonly stored: Stored;
  readonly lines: Map<number, QuarantinedLine>;
}

/** The segments of one capture file and sink, all contents of it. */
export interface FileSegments extends Pick<SegmentPlace, 'model' | 'sink' | 'hour' | 'fileHash'> {
  readonly segments: readonly ListedSegment[];
}

/** In the order of their keys, a page of them in memory. Throws StoreUnavailable. */
export async function* listSegments(store: StateStore, choice: SegmentChoice): AsyncGenerator<ListedSegment> {
  const prefix = quarantinePrefix(choice.model, choice.sink);
  const from = choice.hours?.from ?? null;
  // Of one sink the hours are in order: earlier and later ones need not be listed.
  const isInOrder = choice.sink !== null;
  let after = !isInOrder || from === null ? null : prefix + from;
  for (let hasMore = true; hasMore; ) {
    const page = await store.list(prefix, { after });
    for (const { key, modifiedMs } of page.entries) {
      const place = parseSegmentKey(key);
      if (place === null) continue;
      if (isInOrder && isAfter(place.hour, choice.hours)) return;
      if (!isIn(place.hour, choice.hours)) continue;
      yield { ...place, key, modifiedMs };
    }
    after = page.entries.at(-1)?.key ?? null;
    hasMore = page.hasMore;
  }
}

/** The same with what stands in them, one in memory. One that vanished meanwhile is left out. Throws UnreadableState. */
export async function* readSegments(store: StateStore, choice: SegmentChoice): AsyncGenerator<Segment> {
  for await (const listed of listSegments(store, choice)) {
    const segment = await openSegment(store, listed);
    if (segment instanceof UnreadableState) throw segment;
    if (segment !== null) yield segment;
  }
}

/** Those of one file together: its sums move under one lease. */
export async function* segmentsByFile(store: StateStore, choice: SegmentChoice): AsyncGenerator<FileSegments> {
  let file: ListedSegment[] = [];
  for await (const segment of listSegments(store, choice)) {
    const [first] = file;
    if (first !== undefined && !isOneFile(first, segment)) {
      yield { ...first, segments: file };
      file = [];
    }
    file.push(segment);
  }
  const [first] = file;
  if (first !== undefined) yield { ...first, segments: file };
}

/** Null when nothing stands there any more. Throws StoreUnavailable. */
export async function openSegment(store: StateStore, listed: ListedSegment): Promise<Segment | UnreadableState | null> {
  const stored = await store.get(listed.key);
  if (stored === null) return null;
  try {
    return { ...listed, stored, lines: readSegment(stored.body, listed.key) };
  } catch (error) {
    if (error instanceof UnreadableState) return error;
    throw error;
  }
}

/** The same for whoever goes on without it: its key is noted. */
export async function openOrNote(
  store: StateStore,
  listed: ListedSegment,
  unreadable: Set<string>,
): Promise<Segment | null> {
  const segment = await openSegment(store, listed);
  if (!(segment instanceof UnreadableState)) return segment;
  unreadable.add(segment.key);
  return null;
}

const isOneFile = (a: ListedSegment, b: ListedSegment): boolean =>
  a.sink === b.sink && a.hour === b.hour && a.fileHash === b.fileHash;

const isAfter = (hour: string, range: HourRange | null): boolean =>
  range !== null && range.to !== null && hour >= range.to;

function isIn(hour: string, range: HourRange | null): boolean {
  if (range === null) return true;
  const isHour = /^\d{4}-\d{2}-\d{2}-\d{2}$/.test(hour);
  return isHour && (range.from === null || hour >= range.from) && (range.to === null || hour < range.to);
}
