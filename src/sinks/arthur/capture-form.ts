import { randomUUID } from 'node:crypto';
import type { Upload } from '../../core/pass-through';

/** A capture file as the form of Arthur's guide: one part, with the object's own content type. */
const PART = 'inference_data';
const FILE_NAME = 'smdatacapture.jsonl';

/** What S3 keeps for an object that was written without a content type. */
const DEFAULT_TYPE = 'binary/octet-stream';

/** Lines are joined to pieces of this size: a packet for each line of 300 bytes would cost more than its bytes. */
const PIECE_BYTES = 64 << 10;

export interface CaptureForm {
  readonly contentType: string;
  /** Yields while the lines are read; holds one piece. */
  readonly body: AsyncIterable<Uint8Array>;
}

export function captureForm({ lines, contentType }: Upload): CaptureForm {
  const boundary = `capture-relay-${randomUUID()}`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: formBody(lines, contentType, boundary) };
}

async function* formBody(
  lines: AsyncIterable<Uint8Array>,
  contentType: string | null,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${PART}"; filename="${FILE_NAME}"`,
    `Content-Type: ${printable(contentType)}`,
  ];
  yield Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
  let piece: Uint8Array[] = [];
  let bytes = 0;
  for await (const line of lines) {
    piece.push(line);
    bytes += line.byteLength;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(piece);
    piece = [];
    bytes = 0;
  }
  yield Buffer.concat([...piece, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

/** Whoever wrote the object chose its content type; a line break in it would end the part's head. */
const printable = (contentType: string | null): string =>
  contentType !== null && /^[\x20-\x7e]{1,200}$/.test(contentType) ? contentType : DEFAULT_TYPE;
