import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, htmlAnswer } from './answer';
import type { HttpFault } from './faults';

/** Turns a fault into the step that acts it out: instead of the partner's work, inside its answer, or after the work. */
export type FaultStep = (answer: Answer | null, stopped: AbortSignal) => Promise<Answer | 'reset' | 'hang'>;

export interface FaultPlan<F> {
  /** Instead of the work: nothing is stored. */
  readonly before: FaultStep | null;
  /** For the partner to act out. */
  readonly inside: F | null;
  /** Once the work is done. */
  readonly after: FaultStep | null;
}

const NONE = { before: null, inside: null, after: null };

/** `error` writes a status fault in the partner's own form. */
export function stepOf<F extends { readonly kind: string }>(
  fault: HttpFault | F | null,
  error: (status: number, message: string) => Answer,
): FaultPlan<F> {
  if (fault === null) return NONE;
  if (!isHttpFault(fault)) return { ...NONE, inside: fault };
  if (fault.kind === 'status') return { ...NONE, before: () => Promise.resolve(statusAnswer(fault, error)) };
  if (fault.kind === 'slow') return { ...NONE, after: (answer, stopped) => delayed(answer, fault.delayMs, stopped) };
  if (fault.kind === 'wrong-content')
    return { ...NONE, after: (answer) => Promise.resolve(spoiled(answer, fault.content)) };
  const step: FaultStep = () => Promise.resolve(fault.kind);
  return fault.stored ? { ...NONE, after: step } : { ...NONE, before: step };
}

const HTTP_FAULTS: ReadonlySet<string> = new Set([
  'status',
  'reset',
  'hang',
  'slow',
  'wrong-content',
] satisfies HttpFault['kind'][]);

function isHttpFault(fault: { readonly kind: string }): fault is HttpFault {
  return HTTP_FAULTS.has(fault.kind);
}

function statusAnswer(
  fault: HttpFault & { kind: 'status' },
  error: (status: number, message: string) => Answer,
): Answer {
  const headers: Record<string, string> = {};
  if (fault.retryAfter !== undefined) {
    headers['retry-after'] =
      typeof fault.retryAfter === 'number' ? String(fault.retryAfter) : fault.retryAfter.toUTCString();
  }
  // The name cannot resolve (RFC 6761): a sender that follows with its token fails instead of leaking it.
  if (fault.status >= 300 && fault.status < 400) headers['location'] = fault.location ?? 'http://other-host.invalid/';
  const html = fault.html ?? (fault.status === 413 || fault.status === 502);
  const answer = html ? htmlAnswer(fault.status) : error(fault.status, 'fault on demand');
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

async function delayed(answer: Answer | null, delayMs: number, stopped: AbortSignal): Promise<Answer | 'hang'> {
  try {
    await sleep(delayMs, undefined, { signal: stopped, ref: false });
  } catch {
    return 'hang'; // the stand-in closes; nobody is left to answer
  }
  return answer ?? 'hang';
}

function spoiled(answer: Answer | null, content: 'html' | 'truncated-json'): Answer | 'hang' {
  if (answer === null) return 'hang';
  if (content === 'html') return htmlAnswer(200);
  return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
}
