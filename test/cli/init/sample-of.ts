import { parseCaptureKey } from '../../../src/core/capture-key';
import type { CaptureEvent } from '../../../src/core/types';
import type { Sample } from '../../../src/cli/init/read-sample';
import { captureEvent, FILE } from '../../support/capture-events';

/** A sample of these events, as if one file of the endpoint "churn" held them. */
export function sampleOf(events: readonly Partial<CaptureEvent>[], parts: Partial<Sample> = {}): Sample {
  return {
    events: events.map((event, at) => ({
      event: captureEvent({ eventId: `event-${at}`, ...event }),
      key: parseCaptureKey(FILE.key),
    })),
    rejections: [],
    skips: [],
    files: { total: 1, read: 1 },
    stoppedAt: null,
    ...parts,
  };
}
