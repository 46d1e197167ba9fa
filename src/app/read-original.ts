import type { Clock } from '../core/deliver';
import { SourceFailure } from '../core/source';

const WAITS_MS = [200, 1_000];

/**
 * The bytes of a refused line, read again; null when they cannot be had now. They are a convenience (the record holds
 * the place, and the file stands where it stood), so they are worth a second and two more tries, and never the ledger.
 */
export async function readOriginal(read: () => Promise<Buffer | null>, clock: Clock): Promise<Buffer | null> {
  for (const waitMs of [...WAITS_MS, null]) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (waitMs === null || clock.nowMs() + waitMs >= clock.deadlineMs) return null;
      await clock.sleep(waitMs);
    }
  }
  return null;
}
