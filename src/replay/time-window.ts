import type { CaptureKey } from '../core/capture-key';

/** The stretch of time that is replayed: from its first moment on, up to and without its last. */
export interface TimeWindow {
  /** Milliseconds since 1970, included. `-Infinity`: no beginning. */
  readonly fromMs: number;
  /** Milliseconds since 1970, not included, so that neighbouring windows share nothing. `Infinity`: no end. */
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;

// A day, or a day and a time to the minute, the second or finer; with `Z`, an offset, or none.
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970; a time without a zone is UTC, as captures are. Null when the text is no time. */
export function parseTime(text: string): number | null {
  const [, day, clock = '00:00', zone = 'Z'] = TIME.exec(text.trim()) ?? [];
  if (day === undefined) return null;
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  // `Date.parse` takes the 31st of a short month for one of the first days of the next.
  if (Number.isNaN(dayMs) || !new Date(dayMs).toISOString().startsWith(day)) return null;
  const timeMs = Date.parse(`${day}T${clock}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(timeMs) ? null : timeMs;
}

export function holds(window: TimeWindow, timeMs: number): boolean {
  return timeMs >= window.fromMs && timeMs < window.toMs;
}

/**
 * Whether a file may hold an event of the window. The hour folder is the hour of the file's first event, and a file
 * opened at its end still takes events of the next hour: so files of one hour earlier are read, too.
 */
export function mayHold(window: TimeWindow, key: CaptureKey): boolean {
  const hourMs = parseTime(`${key.hour}:00`);
  return hourMs === null || (hourMs < window.toMs && hourMs + 2 * HOUR_MS > window.fromMs);
}
