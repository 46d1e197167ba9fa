import type { CaptureFile } from './types';

/** What only the key tells: the event itself names neither endpoint nor variant. */
export interface CaptureKey {
  readonly prefix: string;
  readonly endpoint: string;
  readonly variant: string;
  /** The hour folder, `yyyy-mm-ddThh` in UTC: the hour of the file's first event. */
  readonly hour: string;
  /** Time of the file's first event, whole seconds, or the start of the hour when the name is not Data Capture's own. */
  readonly time: string;
}

// `{prefix}/{endpoint}/{variant}/yyyy/mm/dd/hh/{mm-ss-SSS}-{uuid}.jsonl`, read from the right: the prefix may hold any
// number of slashes and look like a date itself, and endpoint names may hold dates too.
const LAYOUT =
  /^(?:(.*)\/)?([^/]+)\/([^/]+)\/(\d{4})\/(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01])\/([01]\d|2[0-3])\/([^/]+)$/s;
const FILE_TIME = /^([0-5]\d)-([0-5]\d)-\d{3}-/;

/**
 * Reads endpoint, variant and time out of a capture key (or a path laid out like one).
 * Returns null when the key is not in Data Capture's layout.
 * Source: AWS, "Capture data from real-time endpoint" (model-monitor-data-capture-endpoint).
 */
export function parseCaptureKey(key: string): CaptureKey | null {
  const match = LAYOUT.exec(key);
  if (match === null) return null;
  const [, prefix = '', endpoint = '', variant = '', year, month, day, hourOfDay, name = ''] = match;
  const hour = `${year}-${month}-${day}T${hourOfDay}`;
  const [, minute = '00', second = '00'] = FILE_TIME.exec(name) ?? [];
  // The pattern takes 31 February; a calendar does not.
  if (Number.isNaN(Date.parse(`${hour}:00:00Z`)) || !new Date(`${hour}:00:00Z`).toISOString().startsWith(hour))
    return null;
  return { prefix, endpoint, variant, hour, time: `${hour}:${minute}:${second}Z` };
}

/** Builds the key Data Capture would write; the inverse of `parseCaptureKey` for its own names. */
export function buildCaptureKey(parts: {
  prefix: string;
  endpoint: string;
  variant: string;
  firstEvent: Date;
  uuid: string;
}): string {
  const [date = '', clock = ''] = parts.firstEvent.toISOString().split('T');
  const [hour, minute, secondAndMs = ''] = clock.slice(0, -1).split(':');
  const [second, ms] = secondAndMs.split('.');
  const folder = [parts.prefix.replace(/\/+$/, ''), parts.endpoint, parts.variant, ...date.split('-'), hour].filter(
    (part) => part !== '',
  );
  return `${folder.join('/')}/${minute}-${second}-${ms}-${parts.uuid}.jsonl`;
}

/** How people name a file: an S3 address or a path. */
export function fileName(file: CaptureFile): string {
  return file.bucket === null ? file.key : `s3://${file.bucket}/${file.key}`;
}
