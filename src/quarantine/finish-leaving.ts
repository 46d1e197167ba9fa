import type { ReopenedEntry } from '../ledger/reopen';
import type { StateStore } from '../store/state-store';
import { parseLeaving, withoutLeaving } from './leaving';
import { replaceSegment } from './replace-segment';
import { contentPrefix, segmentKey } from './segment-key';
import { readSegment, writeSegment } from './segment-text';

/** Takes away the records that the entry counts no more. To be done before anything else of the file is moved. */
export async function finishLeaving(store: StateStore, entry: ReopenedEntry): Promise<void> {
  const { leaving = null, model, sink } = entry;
  if (leaving === null) return;
  const { contentOrdinal, segment, rows } = leaving;
  const key = segmentKey(contentPrefix({ model, sink, contentOrdinal }, entry), segment);
  const stored = await store.get(key);
  if (stored === null) return;
  const lines = withoutLeaving(readSegment(stored.body, key), parseLeaving(rows));
  await replaceSegment(store, key, stored, writeSegment(lines.values()));
}
