import { fileName } from '../../core/capture-key';
import { rejectionRecord } from '../../core/inference-record';
import type { Rejection } from '../../core/types';
import { isObject, toJson } from '../../core/value';
import { plural } from '../look';

/**
 * Rejections for people: those of one kind are one line, with how many there are and where the first stands. A million
 * bad rows of one kind take no more memory than one.
 */
const MAX_GROUPS = 10;

interface Group {
  readonly first: Rejection;
  readonly countBySink: Map<string, number>;
}

export class RejectionGroups {
  private readonly groups = new Map<string, Group>();
  private ungrouped = 0;

  add(sink: string, rejection: Rejection): void {
    const kind = `${rejection.stage} ${rejection.code} ${rejection.reason}`;
    const group = this.groups.get(kind);
    if (group !== undefined) group.countBySink.set(sink, (group.countBySink.get(sink) ?? 0) + 1);
    else if (this.groups.size < MAX_GROUPS)
      this.groups.set(kind, { first: rejection, countBySink: new Map([[sink, 1]]) });
    else this.ungrouped += 1;
  }

  lines(): string[] {
    const lines = [...this.groups.values()].map(({ first, countBySink }) => {
      const counts = [...countBySink].map(([sink, count]) => `${sink} ${count.toLocaleString('en-US')} ×`).join(', ');
      return `rejected, ${counts}: ${first.code}: ${first.reason}\n    first at ${placeOf(first)}`;
    });
    return this.ungrouped === 0
      ? lines
      : [...lines, `… and ${plural(this.ungrouped, 'rejection')} of other kinds (--json lists each)`];
  }
}

function placeOf({ place, row }: Rejection): string {
  const line = place.line === 0 ? '' : `: line ${place.line}${row === null ? '' : `, row ${row}`}`;
  return `${fileName(place.file)}${line}`;
}

/** `{"rejection":{"sink":…}}`: the line of `inspect --json`, and whose it is. */
export function rejectionLine(sink: string, rejection: Rejection): string {
  const record = rejectionRecord(rejection).get('rejection');
  return `${toJson(new Map([['rejection', new Map([['sink', sink], ...(isObject(record) ? record : [])])]]))}\n`;
}
