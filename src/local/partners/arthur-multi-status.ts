import { type Answer, jsonAnswer } from './answer';
import type { ArthurFault } from './faults';

/** Arthur's answer to rows: always 207, also when every row fails; results by position, counts of exactly three keys. */
export interface RowResult {
  readonly id: string | null;
  readonly status: number;
  readonly message: string;
}

/** `fault` spoils the answer, never what was stored. */
export function multiStatus(results: readonly RowResult[], fault: ArthurFault | null): Answer {
  const failure = results.filter((result) => result.status >= 400).length;
  const counts = { success: results.length - failure, failure, total: results.length };
  const shown = results.map(({ id, status, message }) =>
    id === null ? { message, status } : { partner_inference_id: id, message, status },
  );
  if (fault?.kind === 'fewer-results') shown.splice(Math.max(0, shown.length - (fault.by ?? 1)));
  if (fault?.kind === 'more-results')
    shown.push(...Array.from({ length: fault.by ?? 1 }, () => ({ message: 'success', status: 200 })));
  if (fault?.kind === 'wrong-counts') counts.failure += 1;
  return jsonAnswer(207, { counts, results: shown });
}
