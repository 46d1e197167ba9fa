import { deliverFile } from '../../../src/app/deliver-file';
import { systemClock } from '../../../src/app/clock';
import { parseModelConfig } from '../../../src/config/model-config';
import type { WorkResult } from '../../../src/core/work';
import { FILE } from '../../support/capture-events';

/** One capture file through the project's own sink, as the function delivers it, without the function around it. */
export interface OwnDelivery {
  /** The configuration of the model, with exactly one sink whose secret is its `token`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly token: string;
  /** The capture file. */
  readonly text: string;
}

const TIME_MS = 60_000;

/** Throws when the sink does not open: the stand-in is there, so that is no outcome to be expected. */
export async function deliverByOwnSink({ config, token, text }: OwnDelivery): Promise<WorkResult> {
  const { rules, sinks } = parseModelConfig({ model: 'third-party', ...config });
  const [sinkConfig] = sinks;
  if (sinkConfig === undefined) throw new Error('the configuration has no sink');
  const sink = await sinkConfig.sink.open({ secrets: { token }, version: '0.0.0', requestTimeoutMs: TIME_MS });
  if ('problem' in sink) throw new Error(sink.problem.reason);
  try {
    return await deliverFile({
      file: FILE,
      bytes: bytesOf(text),
      rules,
      config: sinkConfig,
      sink,
      clock: systemClock(TIME_MS),
      signal: new AbortController().signal,
      onRejection: () => {},
      onSkip: () => {},
    });
  } finally {
    await sink.close();
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  await Promise.resolve();
}
