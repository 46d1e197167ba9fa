import type { SinkConfig } from '../config/model-config';
import type { DeliveryStop } from '../core/deliver';
import { messageOf } from '../core/errors';
import type { OpenSink, SecretReference } from '../sinks/sink';

/** Resolves one reference to its value. Throws with a message that names the reference, never the value. */
export type SecretReader = (reference: SecretReference) => Promise<string>;

/**
 * Sinks opened once and kept between capture files (and between invocations of a warm Lambda). A sink that turns out
 * misconfigured is dropped, so that the next file reads its secret anew.
 */
export class OpenSinks {
  private readonly open = new Map<string, OpenSink>();
  /** What could not be opened, until the next invocation: ten files of one event must not wait ten times for a partner that hangs. */
  private readonly failed = new Map<string, DeliveryStop>();

  constructor(
    private readonly readSecret: SecretReader,
    private readonly version: string,
  ) {}

  /** A new invocation asks anew what failed before. */
  forgetFailures(): void {
    this.failed.clear();
  }

  async get(config: SinkConfig, signal?: AbortSignal): Promise<OpenSink | DeliveryStop> {
    const known = this.open.get(config.name) ?? this.failed.get(config.name);
    if (known !== undefined) return known;
    const opened = await this.connect(config, signal);
    if ('kind' in opened) this.failed.set(config.name, opened);
    else this.open.set(config.name, opened);
    return opened;
  }

  private async connect(config: SinkConfig, signal: AbortSignal | undefined): Promise<OpenSink | DeliveryStop> {
    const secrets: Record<string, string> = {};
    for (const [name, reference] of Object.entries(config.sink.secrets)) {
      try {
        secrets[name] = await this.readSecret(reference);
      } catch (error) {
        return {
          kind: 'misconfigured',
          code: 'SECRET_UNREADABLE',
          reason: `the ${name} of sink ${config.name} cannot be read: ${messageOf(error)}`,
          waitMs: null,
        };
      }
    }
    const opened = await config.sink.open({
      secrets,
      version: this.version,
      requestTimeoutMs: config.requestTimeoutMs,
      signal,
    });
    if ('problem' in opened) return stopOf(opened.problem);
    return opened;
  }

  async drop(config: SinkConfig): Promise<void> {
    const sink = this.open.get(config.name);
    this.open.delete(config.name);
    await sink?.close();
  }

  async close(): Promise<void> {
    const sinks = [...this.open.values()];
    this.open.clear();
    for (const sink of sinks) await sink.close();
  }
}

function stopOf(
  problem:
    | { kind: 'retryable'; reason: string; waitMs: number | null }
    | { kind: 'misconfigured'; code: string; reason: string },
): DeliveryStop {
  if (problem.kind === 'misconfigured') return { ...problem, waitMs: null };
  return { kind: 'unavailable', code: 'SINK_UNAVAILABLE', reason: problem.reason, waitMs: problem.waitMs };
}
