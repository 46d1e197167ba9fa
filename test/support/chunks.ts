import { parseCaptureKey } from '../../src/core/capture-key';
import { readCaptureFile } from '../../src/core/capture-file';
import type { ParsedLine } from '../../src/core/capture-event';
import { toInferences, type EventInferences, type ModelRules } from '../../src/core/inference';
import { parseModelConfig } from '../../src/config/model-config';
import { FILE } from './capture-events';

/** Bytes in pieces of any size, as networks deliver them. */
export async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  // One buffer used again and again, as a careful reader must expect.
  const reused = Buffer.alloc(Math.max(1, size));
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(reused, 0, at, Math.min(bytes.length, at + size));
    yield reused.subarray(0, length);
    await Promise.resolve();
  }
}

export async function parseAll(bytes: Buffer, chunkSize = 1 << 16, maxLineBytes = 1 << 20): Promise<ParsedLine[]> {
  const parsed: ParsedLine[] = [];
  for await (const each of readCaptureFile(inChunks(bytes, chunkSize), FILE, maxLineBytes)) parsed.push(each);
  return parsed;
}

export const rulesOf = (config: Record<string, unknown> = {}): ModelRules =>
  parseModelConfig({ model: 'test', ...config, sinks: [{ type: 'file', path: 'out' }] }).rules;

export async function decodeAll(bytes: Buffer, config: Record<string, unknown> = {}): Promise<EventInferences[]> {
  const rules = rulesOf(config);
  const events = (await parseAll(bytes)).flatMap((each) => (each.kind === 'event' ? [each.event] : []));
  return events.map((event) => toInferences(event, parseCaptureKey(FILE.key), rules));
}
