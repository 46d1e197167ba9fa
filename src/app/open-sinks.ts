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

  constructor(
    private readonly readSecret: SecretReader,
    private readonly version: string,
  ) {}

  async get(config: SinkConfig): Promise<OpenSink | DeliveryStop> {
    const known = this.open.get(config.name);
    if (known !== undefined) return known;
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
    });
    if ('problem' in opened) return stopOf(opened.problem);
    this.open.set(config.name, opened);
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
