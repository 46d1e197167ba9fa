import type { Log, LogFields } from '../aws/log';
import type { Rejection } from '../core/types';

/**
 * Rejections as log lines: every one with its place and code, those of one kind gathered, so that a file of a million
 * bad lines makes thousands of log lines and not a million. Holds no payload, and bounded memory.
 */
const MAX_PLACES = 200;
const MAX_GROUPS = 20;

interface Group {
  readonly first: Rejection;
  readonly places: object[];
}

export class RejectionLog {
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly log: Log,
    private readonly file: LogFields,
  ) {}

  add(rejection: Rejection): void {
    const { stage, code, reason, place, row } = rejection;
    // Reasons of one kind differ in their numbers (positions, counts); the first one speaks for its group.
    const key = `${stage} ${code} ${reason.replaceAll(/\d+/g, '#')}`;
    let group = this.groups.get(key);
    if (group === undefined) {
      if (this.groups.size >= MAX_GROUPS) this.flush();
      group = { first: rejection, places: [] };
      this.groups.set(key, group);
    }
    group.places.push({
      line: place.line,
      byteOffset: place.byteOffset,
      byteLength: place.byteLength,
      ...(row === null ? {} : { row }),
    });
    if (group.places.length >= MAX_PLACES) {
      this.write(group);
      this.groups.delete(key);
    }
  }

  flush(): void {
    for (const group of this.groups.values()) this.write(group);
    this.groups.clear();
  }

  private write({ first, places }: Group): void {
    this.log('warn', `rejected: ${first.reason}`, {
      ...this.file,
      code: first.code,
      stage: first.stage,
      rejections: places.length,
      places,
    });
  }
}
