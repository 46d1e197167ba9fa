import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CaptureFile } from '../../core/types';

/**
 * Where the inferences of a capture file go. Keys may hold anything (`..`, `//`, 1,024 bytes in one segment), so each
 * segment is made safe by itself: no key can leave the folder, and no two keys share a path.
 */
const MAX_SEGMENT_BYTES = 200;

export function outputPath(folder: string, file: CaptureFile, extension: string): string {
  const segments = file.key.split('/');
  const name = segments.pop() ?? '';
  const folders = segments.map((segment) => asFolder(safeSegment(segment), extension));
  return join(folder, ...(file.bucket === null ? [] : [file.bucket]), ...folders, `${safeSegment(name)}${extension}`);
}

// A folder must not have the name some output file has.
const asFolder = (segment: string, extension: string): string =>
  segment.endsWith(extension) ? `${segment}%dir` : segment;

function safeSegment(segment: string): string {
  // `%` is encoded, too, so that two different segments never become one; an empty one (`//`, a leading `/`) has a name.
  const encoded = segment
    .toWellFormed()
    .replace(/[^A-Za-z0-9._=@+ -]/gu, (char) => encodeURIComponent(char))
    .replace(/^\.{0,2}$/, (dots) => `%dots${dots.length}`);
  if (Buffer.byteLength(encoded) <= MAX_SEGMENT_BYTES) return encoded;
  return `${encoded.slice(0, 120)}-${createHash('sha256').update(segment).digest('hex').slice(0, 32)}`;
}
