import { readCaptureFile } from '../../core/capture-file';
import { type CaptureKey, parseCaptureKey } from '../../core/capture-key';
import { messageOf } from '../../core/errors';
import type { CaptureEvent, Rejection, Skip } from '../../core/types';
import { MAX_LINE_BYTES } from '../../config/defaults';
import type { CaptureInput } from '../capture-paths';

/**
 * The first events of some capture files, kept in memory: every setting that might read them is tried on the same
 * events. Bounded by count and by bytes, whatever the files hold; what was left unread is said.
 */
export interface Sample {
  readonly events: readonly SampleEvent[];
  /** Lines that are no capture event, and files that could not be read. */
  readonly rejections: readonly Rejection[];
  readonly skips: readonly Skip[];
  readonly files: { readonly total: number; readonly read: number };
  /** Which bound ended the reading before the last file; null when everything was read. */
  readonly stoppedAt: 'events' | 'bytes' | null;
}

export interface SampleEvent {
  readonly event: CaptureEvent;
  /** Null when the file's path is not laid out as Data Capture lays out its keys. */
  readonly key: CaptureKey | null;
}

export interface SampleLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** 20,000 events are minutes of a busy endpoint; 128 MiB hold them at 6 KB each and leave room for a few of the largest. */
export const SAMPLE_LIMITS: SampleLimits = { maxEvents: 20_000, maxBytes: 128 << 20 };

/** Reads until a limit is reached; the event that reaches it is kept. A file that cannot be read is a rejection. */
export async function readSample(inputs: readonly CaptureInput[], limits = SAMPLE_LIMITS): Promise<Sample> {
  const events: SampleEvent[] = [];
  const rejections: Rejection[] = [];
  const skips: Skip[] = [];
  let bytes = 0;
  let read = 0;
  const full = (): Sample['stoppedAt'] =>
    events.length >= limits.maxEvents ? 'events' : bytes >= limits.maxBytes ? 'bytes' : null;
  for (const input of inputs) {
    // Asked before a file is opened, so that a sample which ends with the last file was not cut.
    const stoppedAt = full();
    if (stoppedAt !== null) return { events, rejections, skips, files: { total: inputs.length, read }, stoppedAt };
    read += 1;
    const key = parseCaptureKey(input.file.key);
    try {
      for await (const parsed of readCaptureFile(input.bytes(), input.file, MAX_LINE_BYTES)) {
        const stopped = full();
        if (stopped !== null && parsed.kind !== 'blank')
          return { events, rejections, skips, files: { total: inputs.length, read }, stoppedAt: stopped };
        if (parsed.kind === 'rejection') rejections.push(parsed.rejection);
        if (parsed.kind === 'skip') skips.push(parsed.skip);
        if (parsed.kind !== 'event') continue;
        events.push({ event: parsed.event, key });
        bytes += parsed.event.place.byteLength;
      }
    } catch (error) {
      rejections.push(unreadable(input, messageOf(error)));
    }
  }
  return { events, rejections, skips, files: { total: inputs.length, read }, stoppedAt: null };
}

function unreadable(input: CaptureInput, why: string): Rejection {
  const place = { file: input.file, line: 0, byteOffset: 0, byteLength: input.byteLength ?? 0 };
  const reason = `the file cannot be read: ${why}`;
  return { stage: 'line', code: 'FILE_UNREADABLE', reason, place, row: null, partnerInferenceId: null };
}
