import type { DeliveryStop } from './deliver';
import type { Rejection } from './types';

/** Fewer bad inferences in a row may be chance. */
export const MIN_REFUSED = 10;

/** Refusals of our own that a wrong configuration makes of every row. */
const OF_THE_CONFIGURATION: ReadonlySet<string> = new Set([
  'COLUMN_COUNT_MISMATCH',
  'TYPE_MISMATCH',
  'NO_KNOWN_COLUMN',
  'NAME_COLLISION',
]);

/** The same refusal for each of the first inferences of a file is a wrong configuration, not so many bad inferences. */
export function refusesAll(count: number, reason: string): DeliveryStop {
  const text = `every one of the first ${count} inferences was refused: ${reason}; nothing is thrown away, check columns and model`;
  return { kind: 'misconfigured', code: 'SINK_REFUSES_ALL', reason: text, waitMs: null };
}

/** Holds back what is refused before anything of a file could be sent, until it is known what that means. */
export class FirstRefusals {
  private held: Rejection[] = [];

  constructor(private isDecided: boolean) {}

  /** What is to be rejected now, and why to stop. */
  take(rejection: Rejection): { readonly rejected: readonly Rejection[]; readonly stop: DeliveryStop | null } {
    if (this.isDecided || !OF_THE_CONFIGURATION.has(rejection.code))
      return { rejected: [...this.decide(), rejection], stop: null };
    const isAnother = this.held.some(({ code }) => code !== rejection.code);
    if (isAnother) return { rejected: [...this.decide(), rejection], stop: null };
    this.held.push(rejection);
    const stop = this.held.length < MIN_REFUSED ? null : refusesAll(this.held.length, rejection.reason);
    return { rejected: [], stop };
  }

  /** Something passed, or the file has ended: they are bad inferences after all. */
  decide(): readonly Rejection[] {
    const held = this.held;
    this.held = [];
    this.isDecided = true;
    return held;
  }
}
