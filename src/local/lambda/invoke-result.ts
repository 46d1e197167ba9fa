/**
 * How one invocation ended. Lambda's callers see the same four ends: an answer, an error the runtime reported, the
 * time limit, or a process that went away.
 */
export type InvokeResult =
  | { readonly kind: 'ok'; readonly payload: unknown; readonly durationMs: number }
  /** The handler threw, or could not be loaded; in the form the runtime posts. */
  | InvokeError
  /** The handler did not answer in time; its process was killed, the next invocation is a cold start. */
  | { readonly kind: 'timeout' }
  /** The process ended without an answer: `process.exit` in a handler, out of memory, a signal. */
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null };

export interface InvokeError {
  readonly kind: 'error';
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}

/** Reads the body a runtime posts to `/error` or `/init/error`; whatever it lacks is named as unknown. */
export function parseRuntimeError(body: string): InvokeError {
  const fields = parseObject(body);
  const { errorType, errorMessage, trace } = fields;
  return {
    kind: 'error',
    errorType: typeof errorType === 'string' ? errorType : 'Runtime.Unknown',
    errorMessage: typeof errorMessage === 'string' ? errorMessage : body,
    ...(Array.isArray(trace) ? { trace: trace.map(String) } : {}),
  };
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
