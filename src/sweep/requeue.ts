import type { WorkMessage } from '../aws/work-message';
import { messageOf } from '../core/errors';
import { atOnce } from './at-once';
import type { WantedFile } from './compare-hour';

/** A file that goes to the queue of one sink again. */
export interface Requeued {
  readonly sink: string;
  readonly wanted: WantedFile;
}

export type Send = (sink: string, message: WorkMessage) => Promise<void>;

/** Where in the hour a message stands: files in the order of their keys, and the sinks of each. */
export const placeOf = ({ sink, wanted }: Requeued): string => `${wanted.file.key}\0${sink}`;

/**
 * Sends messages for one run, up to its limit. A sink whose queue does not take one is left alone for the rest of the
 * run: its files are found again by the next.
 */
export class Requeuer {
  readonly sent = new Map<string, number>();
  readonly failures = new Map<string, string>();
  private left: number;

  constructor(
    private readonly send: Send,
    private readonly isLate: () => boolean,
    private readonly nowMs: () => number,
    maxMessages: number,
  ) {
    this.left = maxMessages;
  }

  get isSpent(): boolean {
    return this.left <= 0;
  }

  /** Null when all were sent (but for sinks that take none); else the place of the last one that was. */
  async sendAll(files: readonly Requeued[], after: string): Promise<string | null> {
    const due = [...files].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).filter((each) => placeOf(each) > after);
    let last = after;
    for (let at = 0; at < due.length; ) {
      if (this.isSpent || this.isLate()) return last;
      const some = due.slice(at, at + Math.min(SENDS_AT_ONCE, this.left));
      await atOnce(some, SENDS_AT_ONCE, (each) => this.sendOne(each));
      at += some.length;
      last = placeOf(some.at(-1) ?? some[0]!);
    }
    return null;
  }

  private async sendOne({ sink, wanted }: Requeued): Promise<void> {
    if (this.failures.has(sink)) return;
    const { file, content, sizeBytes, firstSeenMs } = wanted;
    const { eTag, sequencer } = content;
    this.left -= 1;
    try {
      await this.send(sink, {
        file,
        eTag,
        sequencer,
        sizeBytes,
        sinks: [sink],
        firstSeenMs: firstSeenMs ?? this.nowMs(),
        waits: 0,
        isOnRecord: firstSeenMs !== null,
      });
      this.sent.set(sink, (this.sent.get(sink) ?? 0) + 1);
    } catch (error) {
      this.failures.set(sink, messageOf(error));
    }
  }
}

/** SQS answers in some 20 ms. */
const SENDS_AT_ONCE = 25;
