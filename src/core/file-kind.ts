import { isManifest, SKIP_REASONS } from './capture-event';
import type { CaptureFile, Line, LineEnd, Skip } from './types';

/** Files that are no JSON Lines at all, recognised by their first bytes. */
const MAGIC: readonly (readonly [string, Buffer])[] = [
  ['gzip, to be unpacked first', Buffer.from([0x1f, 0x8b])],
  ['a zip archive', Buffer.from('PK\x03\x04', 'latin1')],
  ['a Parquet file', Buffer.from('PAR1', 'latin1')],
  ['Zstandard, to be unpacked first', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['a PNG picture', Buffer.from('\x89PNG', 'latin1')],
  ['a PDF document', Buffer.from('%PDF', 'latin1')],
  ['an executable', Buffer.from('\x7fELF', 'latin1')],
  ['text in UTF-16, where Data Capture writes UTF-8', Buffer.from([0xff, 0xfe])],
  ['text in UTF-16, where Data Capture writes UTF-8', Buffer.from([0xfe, 0xff])],
];

/** What the file is instead of JSON Lines; null when its first bytes do not tell. */
export function foreignFormat(firstBytes: Uint8Array): string | null {
  const start = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, Math.min(firstBytes.byteLength, 8));
  return (
    MAGIC.find(([, magic]) => start.length >= magic.length && start.subarray(0, magic.length).equals(magic))?.[0] ??
    null
  );
}

// A manifest lists a transform job's objects; a megabyte of object names is some 10,000 of them.
const MAX_MANIFEST_BYTES = 1 << 20;
const HELD_LINE_BYTES = 64;

/**
 * Batch transform manifests are one JSON array, often printed over several lines. A file that starts with `[` is held
 * back until it is known to be one; if it is not, its lines go on as if nothing had happened.
 */
export class ManifestReader {
  private held: Line[] = [];
  private bytes = 0;
  private state: 'start' | 'holding' | 'passing' = 'start';

  /** Lines that may go on; empty while the reader holds them. */
  offer(line: Line): readonly Line[] {
    if (this.state === 'passing') return [line];
    const text = line.bytes?.toString('utf8').trim() ?? '';
    if (this.state === 'start' && text === '' && line.bytes !== null) return [line];
    if (line.bytes === null || (this.state === 'start' && !text.startsWith('['))) return this.release(line);
    this.state = 'holding';
    // A held line costs memory beyond its bytes; a file of blank lines must not be held for ever.
    this.bytes += line.byteLength + HELD_LINE_BYTES;
    this.held.push({ ...line, bytes: Buffer.from(line.bytes) });
    return this.bytes > MAX_MANIFEST_BYTES ? this.release() : [];
  }

  /** At the end of the file: the manifest it was, or the lines still held. */
  end(file: CaptureFile): { skip: Skip | null; lines: readonly Line[]; end: LineEnd } {
    const [first] = this.held;
    const nothing = { skip: null, end: { byteOffset: 0, crc: 0 } };
    if (first === undefined || !this.isManifest()) return { ...nothing, lines: this.release() };
    const filled = this.held.filter((line) => line.bytes?.toString('utf8').trim() !== '').length;
    const last = this.held.at(-1) ?? first;
    const place = {
      file,
      line: first.number,
      byteOffset: first.byteOffset,
      byteLength: last.byteOffset + last.byteLength - first.byteOffset,
    };
    return {
      skip: { kind: 'batch-manifest', reason: SKIP_REASONS['batch-manifest'], place, lines: filled, inferences: 1 },
      lines: [],
      end: last.end,
    };
  }

  private isManifest(): boolean {
    try {
      return isManifest(JSON.parse(this.held.map((line) => line.bytes?.toString('utf8') ?? '').join('\n')));
    } catch {
      return false;
    }
  }

  private release(...more: Line[]): readonly Line[] {
    this.state = 'passing';
    const lines = [...this.held, ...more];
    this.held = [];
    return lines;
  }
}
