import type { DeliveryResult } from '../../core/types';
import type { HttpAnswer } from './http-client';

/**
 * What an HTTP status means for a batch, for every sink alike. Three classes, not two: what may pass later, what is in
 * the rows, and what is in the configuration; a token that expired must not quarantine a million good inferences.
 * 501 is final (Vector, Fiddler's client). 408 and 429 pass later. Only 400, 409 and 422 speak of the rows.
 */
const ABOUT_ROWS = new Set([400, 409, 422]);

export interface StatusWords {
  /** For messages: "Arthur", "Fiddler". */
  readonly partner: string;
  /** What of ours the partner's 401 and 403 are about. */
  readonly token: string;
  /** What of ours a 404 is about. */
  readonly model: string;
}

/** Null for a 2xx: the sink reads that answer itself. */
export function statusResult(answer: HttpAnswer, words: StatusWords, detail: string): DeliveryResult | null {
  if (answer.kind === 'failure')
    return { kind: 'retryable', reason: `${words.partner} could not be reached: ${answer.reason}`, waitMs: null };
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  // Partners quote the token they refuse.
  const isAboutToken = status === 401 || status === 403;
  const said = `${words.partner} answered ${status}${detail === '' || isAboutToken ? '' : ` (${detail})`}`;
  if (status === 413) return { kind: 'too-large', reason: said };
  if (status === 408 || status === 429 || (status >= 500 && status !== 501))
    return { kind: 'retryable', reason: said, waitMs: answer.retryAfterMs };
  if (ABOUT_ROWS.has(status)) return { kind: 'rejected', code: 'PARTNER_REFUSED', reason: said, isolate: true };
  return {
    kind: 'misconfigured',
    code: misconfiguredCode(status),
    reason: `${said}: ${misconfiguredCure(status, words)}`,
  };
}

function misconfiguredCode(status: number): string {
  if (status === 401 || status === 403) return 'SINK_TOKEN_REFUSED';
  if (status === 404) return 'SINK_NOT_FOUND';
  return status >= 300 && status < 400 ? 'SINK_REDIRECTS' : 'SINK_MISCONFIGURED';
}

function misconfiguredCure(status: number, words: StatusWords): string {
  if (status === 401 || status === 403) return `${words.token} is wrong, expired or not allowed to do this; replace it`;
  if (status === 404) return `${words.model} does not exist there; check the address and the id`;
  if (status >= 300 && status < 400)
    return 'it redirects, which is refused because a redirect would carry the token elsewhere; configure the final address';
  return 'no inference is to blame; check the address and the kind of server behind it';
}
