import type { CaptureEvent } from './types';

/**
 * The id a partner joins ground truth on, as Arthur's guide to Data Capture defines it:
 * the caller's inference id, else the event id; and `_{index}` (from 0) only when the event holds several inferences.
 * It depends on nothing but the event, so a replay gives the same id again.
 *
 * `eventId` as identity leaves the caller's id aside: callers do repeat inference ids (AWS's own notebooks send row
 * numbers), event ids are unique.
 */
export type Identity = 'inferenceId' | 'eventId';

export function partnerInferenceId(event: CaptureEvent, index: number, count: number, identity: Identity): string {
  const id =
    (identity === 'eventId' ? (event.eventId ?? event.inferenceId) : (event.inferenceId ?? event.eventId)) ?? '';
  return count > 1 ? `${id}_${index}` : id;
}

/**
 * Counts caller-supplied ids seen again. Remembers the latest 10,000 (a minute of busy traffic, under 2 MB):
 * memory must not grow with the file, and repeats worth a warning repeat soon.
 */
export class RepeatedIds {
  private readonly recent = new Set<string>();

  constructor(private readonly window = 10_000) {}

  /** True when this event's inference id was seen before. Event ids are not asked: SageMaker makes them unique. */
  sees(event: CaptureEvent): boolean {
    return this.seesId(event.inferenceId);
  }

  seesId(id: string | null): boolean {
    if (id === null) return false;
    const isRepeat = this.recent.delete(id);
    this.recent.add(id);
    if (this.recent.size > this.window) {
      const oldest = this.recent.values().next();
      if (!oldest.done) this.recent.delete(oldest.value);
    }
    return isRepeat;
  }
}
