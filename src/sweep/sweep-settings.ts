import type { Env } from '../config/env';
import type { ModelConfig } from '../config/model-config';
import type { CapturePlace } from '../config/shadow-capture';
import { ConfigError } from '../core/errors';

/** What the sweep's function needs beside the model's configuration. */
export interface SweepSettings {
  readonly stateBucket: string;
  /** Of the endpoint and of its shadow test. */
  readonly captures: readonly CapturePlace[];
  /** Sink → ARN of its queue. */
  readonly queues: ReadonlyMap<string, string>;
}

/**
 * A sink's queue is its own (CAPTURE_RELAY_SINK_QUEUES, as the forwarder has it), else the one that all share
 * (CAPTURE_RELAY_QUEUE). Throws a ConfigError that lists everything that is wanting.
 */
export function sweepSettings(
  env: Env,
  { capture, shadowCapture, sinks }: ModelConfig,
  stateBucket: string | null,
  sinkByQueue: ReadonlyMap<string, string>,
): SweepSettings {
  const shared = (env.CAPTURE_RELAY_QUEUE ?? '').trim();
  const own = new Map([...sinkByQueue].map(([arn, sink]) => [sink, arn]));
  const queues = new Map(sinks.map(({ name }) => [name, own.get(name) ?? shared]));
  const problems = [...queues].flatMap(([sink, arn]) => queueProblem(sink, arn) ?? []);
  if (capture === null) problems.push('the sweep needs capture.bucket and capture.prefix: it lists what lies there');
  if (stateBucket === null) problems.push('the sweep needs CAPTURE_RELAY_STATE_BUCKET: the ledger is there');
  if (capture === null || stateBucket === null || problems.length > 0) throw new ConfigError(problems);
  return { stateBucket, captures: shadowCapture === null ? [capture] : [capture, shadowCapture], queues };
}

function queueProblem(sink: string, arn: string): string | null {
  if (arn === '')
    return `sink ${sink} has no queue for the sweep; name it in CAPTURE_RELAY_SINK_QUEUES or CAPTURE_RELAY_QUEUE`;
  return /^arn:[\w-]+:sqs:[\w-]+:\d+:[\w.-]+$/.test(arn) ? null : `the queue of sink ${sink} is no ARN: ${arn}`;
}
