import { once } from 'node:events';
import { inferenceRecord, rejectionRecord, skipRecord } from '../../core/inference-record';
import { toJson } from '../../core/value';
import type { InspectItem } from './decode-inputs';

/** One JSON object a line, in the order of the files. Returns false when something was rejected. */
export async function printJson(items: AsyncIterable<InspectItem>): Promise<boolean> {
  let isWhole = true;
  for await (const item of items) {
    if (item.kind === 'event') continue;
    if (item.kind === 'rejection') isWhole = false;
    const record =
      item.kind === 'inference'
        ? inferenceRecord(item.inference)
        : item.kind === 'rejection'
          ? rejectionRecord(item.rejection)
          : skipRecord(item.skip);
    await write(`${toJson(record)}\n`);
  }
  return isWhole;
}

/** Waits while the reader is slower, so that memory does not fill with output. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
