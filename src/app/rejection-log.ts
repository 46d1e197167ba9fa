import type { Log, LogFields } from '../aws/log';
import type { Rejection } from '../core/types';

/**
 * Rejections as log lines: every one with its place and code, neighbours of one kind gathered, so that a file of a
 * million bad lines makes thousands of log lines and not a million. Holds no payload.
 */
const MAX_PLACES = 200;

export class RejectionLog {
  private current: { code: string; stage: string; reason: string; places: object[] } | null = null;

  constructor(
    private readonly log: Log,
    private readonly file: LogFields,
  ) {}

  add(rejection: Rejection): void {
    const { stage, code, reason, place, row } = rejection;
    const isSame = this.current?.code === code && this.current.stage === stage && this.current.reason === reason;
    if (!isSame || (this.current?.places.length ?? 0) >= MAX_PLACES) {
      this.flush();
      this.current = { code, stage, reason, places: [] };
    }
    this.current?.places.push({
      line: place.line,
      byteOffset: place.byteOffset,
      byteLength: place.byteLength,
      ...(row === null ? {} : { row }),
    });
  }

  flush(): void {
    const group = this.current;
    this.current = null;
    if (group === null) return;
    this.log('warn', `rejected: ${group.reason}`, {
      ...this.file,
      code: group.code,
      stage: group.stage,
      rejections: group.places.length,
      places: group.places,
    });
  }
}
