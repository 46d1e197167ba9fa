import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CaptureFile } from '../../core/types';

/**
 * Where the inferences of a capture file go. Keys may hold anything (`..`, `//`, 1,024 bytes in one segment), so each
 * segment is made safe by itself: no key can leave the folder, and no two keys share a path.
 */
const MAX_SEGMENT_BYTES = 200;

export function outputPath(folder: string, file: CaptureFile, extension: string): string {
  const segments = file.key.replace(/^\/+/, '').split('/');
  const name = segments.pop() ?? '';
  const bucket = file.bucket === null ? [] : [file.bucket];
  return join(folder, ...[...bucket, ...segments].map(safeSegment), `${safeSegment(name)}${extension}`);
}

function safeSegment(segment: string): string {
  // `%` is encoded, too, so that two different segments never become one.
  const encoded = segment
    .replace(/[^A-Za-z0-9._=@+ -]/g, (char) => encodeURIComponent(char))
    .replace(/^\.{0,2}$/, (dots) => `%dots${dots.length}`);
  if (Buffer.byteLength(encoded) <= MAX_SEGMENT_BYTES) return encoded;
  return `${encoded.slice(0, 120)}-${createHash('sha256').update(segment).digest('hex').slice(0, 32)}`;
}
