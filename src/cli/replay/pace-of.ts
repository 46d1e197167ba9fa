import type { SinkProgress } from '../../replay/sink-progress';

/** How fast a sink goes and how long it will take, from what it did so far. */
export interface PaceOf {
  /** Inferences a second; 0 before the first. */
  readonly perSecond: number;
  /** Null while nothing tells. */
  readonly remainingMs: number | null;
}

export function paceOf({ bytes, delivered }: SinkProgress, elapsedMs: number): PaceOf {
  return {
    perSecond: elapsedMs > 0 ? (delivered * 1_000) / elapsedMs : 0,
    // By bytes: how many inferences are still to come, nobody knows before the files are read.
    remainingMs: bytes.read > 0 ? (elapsedMs * Math.max(0, bytes.chosen - bytes.read)) / bytes.read : null,
  };
}

/** `1:05:09`, or `5:09` below an hour. */
export function clockText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
