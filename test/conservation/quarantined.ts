import { fileHash } from '../../src/ledger/entry';
import type { World } from './world';
import { CAPTURES, MODEL } from './names';

/** What stands in the quarantine of one sink, read from its objects as a person would (docs/state.md). */
export interface Quarantined {
  /** `line:row` of every inference, in the order of the objects; twice where one stands twice. */
  readonly places: readonly string[];
  /** The bytes kept of each line; null where the record says that there are none. */
  readonly originals: ReadonlyMap<number, string | null>;
}

export const NOTHING_QUARANTINED: Quarantined = { places: [], originals: new Map() };

interface QuarantineRecord {
  readonly line: number;
  readonly row: number | null;
  /** `0-5 8`, when it is more than one. */
  readonly rows: string | null;
  /** In the first record of a line. */
  readonly original?: string | { readonly base64: string } | null;
}

/** By capture key. */
export async function quarantinedOf(world: World, sink: string): Promise<ReadonlyMap<string, Quarantined>> {
  const keys = new Map(world.captures.map(({ key }) => [fileHash({ bucket: CAPTURES, key }), key]));
  const found = new Map<string, { places: string[]; originals: Map<number, string | null> }>();
  for (const { key, body } of await world.buckets.bodies(`quarantine/v1/${MODEL}/${sink}/`)) {
    const file = key.split('/').flatMap((segment) => keys.get(segment) ?? [])[0] ?? `unknown file of ${key}`;
    const known = found.get(file) ?? { places: [], originals: new Map<number, string | null>() };
    found.set(file, known);
    for (const text of body.split('\n').filter((each) => each !== '')) {
      const record = JSON.parse(text) as QuarantineRecord;
      known.places.push(...placesOf(record));
      if (record.original !== undefined) known.originals.set(record.line, textOf(record.original));
    }
  }
  return found;
}

function placesOf({ line, row, rows }: QuarantineRecord): string[] {
  if (rows === null) return [unitPlace(line, row)];
  return rows.split(' ').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => unitPlace(line, first + at));
  });
}

const textOf = (original: NonNullable<QuarantineRecord['original']> | null): string | null =>
  original === null || typeof original === 'string' ? original : Buffer.from(original.base64, 'base64').toString();

export const unitPlace = (line: number, row: number | null): string => `${line}:${row ?? ''}`;
