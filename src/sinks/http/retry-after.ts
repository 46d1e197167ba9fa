/**
 * `Retry-After` to milliseconds, in both forms: seconds, or an HTTP date (RFC 9110, 10.2.3). Null when it says nothing
 * usable. Bounded by an hour: a longer wait is the queue's business, and a broken header must not stop a forwarder.
 */
const MAX_WAIT_MS = 3_600_000;

export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Math.min(MAX_WAIT_MS, Math.round(Number(text) * 1000));
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return null;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.min(MAX_WAIT_MS, Math.max(0, dateMs - nowMs));
}
