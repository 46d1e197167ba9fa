/** Exceptions are for what nobody can handle where it happens: a broken configuration, or a bug. */
export class CaptureRelayError extends Error {
  constructor(
    /** Stable, one of `docs/errors.md`. */
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Thrown at synth time or cold start when the configuration cannot work; lists every problem at once. */
export class ConfigError extends CaptureRelayError {
  constructor(readonly problems: readonly string[]) {
    super(
      'CONFIG_INVALID',
      `the configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/** Thrown when the person used a command wrongly (exit code 2); carries no stack for them. */
export class UsageError extends CaptureRelayError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('USAGE', message, options);
  }
}

/** The message of anything thrown, for a log line; never a stack, never a payload. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
