import type { StoredBytes } from '../core/pass-through';
import type { CaptureFile, Rejection } from '../core/types';
import { rawLines } from './raw-lines';
import { PackedDataBroken, unpacked } from './unpack';
import { linesInWindow, type WindowFilter } from './window-filter';

/** The bytes of one capture file as the flow reads them: unpacked, and only the lines of the window. */
export interface CaptureBytes {
  readonly file: CaptureFile;
  readonly stored: StoredBytes;
  readonly maxLineBytes: number;
  /** Null: the whole file. */
  readonly filter: WindowFilter | null;
  /** Told how many stored bytes were read since the last time. */
  readonly onRead: (bytes: number) => void;
  /** Told once when the packed data is broken: the lines before that place come, and then the file ends. */
  readonly onBroken: (rejection: Rejection) => void;
}

/** Iterating throws what the stored bytes throw. The content type is the store's, and none when that speaks of a packed file. */
export function captureBytes(from: CaptureBytes): StoredBytes {
  let isPacked = false;
  const bytes = readable(from, () => void (isPacked = true));
  return {
    [Symbol.asyncIterator]: () => bytes,
    get contentType() {
      return isPacked ? null : (from.stored.contentType ?? null);
    },
  };
}

async function* readable(from: CaptureBytes, onPacked: () => void): AsyncGenerator<Uint8Array> {
  let unpackedBytes = 0;
  const plain = tapped(unpacked(tapped(from.stored, from.onRead), onPacked), (bytes) => void (unpackedBytes += bytes));
  try {
    if (from.filter !== null) yield* linesInWindow(plain, from.filter);
    // Whole lines: half a line before a broken place would be a second rejection for one damage.
    else for await (const { bytes } of rawLines(plain, from.maxLineBytes)) yield bytes;
  } catch (error) {
    if (!(error instanceof PackedDataBroken)) throw error;
    from.onBroken({
      stage: 'line',
      code: 'FILE_UNREADABLE',
      reason: `the packed file is broken after ${unpackedBytes} unpacked bytes: ${error.message}; the lines before were read`,
      place: { file: from.file, line: 0, byteOffset: unpackedBytes, byteLength: 0 },
      row: null,
      partnerInferenceId: null,
    });
  }
}

async function* tapped(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.byteLength);
    yield chunk;
  }
}
