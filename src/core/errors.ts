/** Exceptions are for what nobody can handle where it happens: a broken configuration, or a bug. */
export class CaptureRelayError extends Error {
  // Written out: the bundle is minified, and a class's own name would reach the log as one letter.
  override name = 'CaptureRelayError';

  constructor(
    /** Stable, one of `docs/errors.md`. */
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Thrown at synth time or cold start when the configuration cannot work; lists every problem at once. */
export class ConfigError extends CaptureRelayError {
  override name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(
      'CONFIG_INVALID',
      `the configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/** Thrown when the person used a command wrongly (exit code 2); carries no stack for them. */
export class UsageError extends CaptureRelayError {
  override name = 'UsageError';

  constructor(message: string, options?: { cause?: unknown }) {
    super('USAGE', message, options);
  }
}

/** The message of anything thrown, for a log line; never a stack, never a payload. */
export function messageOf(error: unknown): string {
  return member(error, 'message') ?? String(error);
}

/** Where something was thrown, innermost first: the places of its stack, without the message, which may quote payload. */
export function placesOf(error: unknown): string[] {
  const stack = member(error, 'stack') ?? '';
  return stack
    .replace(messageOf(error), '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_PLACES)
    .map((line) => line.trim());
}

const MAX_PLACES = 7;

/** `ENOSPC`, `ECONNRESET` and the like; null for an error without code. */
export function codeOf(error: unknown): string | null {
  return member(error, 'code');
}

// Not by `instanceof`: errors of Node's own modules may come from another realm (a test's sandbox, a worker).
function member(error: unknown, name: string): string | null {
  const value: unknown = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}
