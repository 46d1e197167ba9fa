import { fileName } from '../../core/capture-key';
import type { Rejection } from '../../core/types';
import { type Finding, finding } from './finding';

/** Rejections of a sample by code: how many, where the first one stands, and why. Bounded however many there are. */
export interface RejectionGroup {
  readonly code: string;
  count: number;
  readonly reason: string;
  readonly file: string;
  readonly line: number;
  readonly row: number | null;
}

export class RejectionGroups {
  private readonly byCode = new Map<string, RejectionGroup>();

  add({ code, reason, place, row }: Rejection): void {
    const known = this.byCode.get(code);
    if (known !== undefined) known.count += 1;
    else this.byCode.set(code, { code, count: 1, reason, file: fileName(place.file), line: place.line, row });
  }

  all(): readonly RejectionGroup[] {
    return [...this.byCode.values()].sort((a, b) => b.count - a.count);
  }
}

export function rejectionFindings(
  groups: readonly RejectionGroup[],
  source: 'sample' | 'partner',
  key: string | null,
): Finding[] {
  return groups.map(({ code, count, reason, file, line, row }) => {
    const at = row === null ? '' : `, row ${row}`;
    return finding(
      'disagrees',
      source,
      key,
      `${code} ${count} time(s), first at line ${line}${at} of ${file}: ${reason}`,
      `docs/errors.md says what cures ${code}`,
    );
  });
}
