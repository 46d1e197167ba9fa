import { systemClock } from '../../src/app/clock';
import { deliverFile } from '../../src/app/deliver-file';
import { parseModelConfig } from '../../src/config/model-config';
import type { StoredBytes } from '../../src/core/pass-through';
import { imbalance } from '../../src/core/tally';
import type { Rejection } from '../../src/core/types';
import { ARTHUR_OPEN_ID } from '../../src/local/partners/demo-models';
import { captureFileText, FILE } from './capture-events';
import { inChunks, rulesOf } from './chunks';

export const SINGLES = captureFileText(['a', 'b', 'c'].map((eventId) => ({ eventId })));

/** An arthur sink in pass-through mode that talks to the host. */
export async function openPassThrough(host: string, requestTimeoutMs = 5_000) {
  const raw = { type: 'arthur', host, modelId: ARTHUR_OPEN_ID, token: { env: 'T' }, mode: 'pass-through' };
  const [config] = parseModelConfig({ model: 'm', sinks: [raw] }).sinks;
  if (config === undefined) throw new Error('no sink');
  const sink = await config.sink.open({ secrets: { token: 'a-token' }, version: '0', requestTimeoutMs });
  if ('problem' in sink) throw new Error(JSON.stringify(sink));
  return { config, sink };
}

/** One file through the sink; what holds for every file is asserted here: the tally balances. */
export async function passThrough(opened: Awaited<ReturnType<typeof openPassThrough>>, bytes: StoredBytes) {
  const rejections: Rejection[] = [];
  const { signal } = new AbortController();
  const result = await deliverFile({
    ...opened,
    file: FILE,
    bytes,
    rules: rulesOf(),
    signal,
    clock: systemClock(30_000),
    onRejection: (rejection) => rejections.push(rejection),
    onSkip: () => {},
  });
  expect(imbalance(result.tally)).toEqual([]);
  expect(result.tally.quarantined).toBe(rejections.length);
  return { ...result, rejections };
}

export const text = (content: string): AsyncGenerator<Uint8Array> => inChunks(Buffer.from(content), 100);
