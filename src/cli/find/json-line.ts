import { fileName } from '../../core/capture-key';
import type { Hit } from './search-file';
import type { SinkAnswer } from './sink-answer';

/** A hit for programs. */
export function hitLine({ place, event, match, rejection }: Hit, answers: readonly SinkAnswer[]): string {
  const found = {
    file: fileName(place.file),
    line: place.line,
    row: match?.row ?? null,
    count: match?.count ?? null,
    partnerInferenceId: match?.partnerInferenceId ?? null,
    eventId: event?.eventId ?? null,
    inferenceId: event?.inferenceId ?? null,
    inferenceTime: event?.inferenceTime ?? null,
    rejections: [...(rejection === null ? [] : [rejection]), ...(match?.rejections ?? [])].map(
      ({ row, stage, code, reason }) => ({ row, stage, code, reason }),
    ),
    sinks: answers.map(({ sink, state, code, why, batches }) => ({
      sink,
      state,
      code,
      why,
      batches: batches.map(({ atMs, ...rest }) => ({ ...rest, at: new Date(atMs).toISOString() })),
    })),
  };
  return `${JSON.stringify({ found })}\n`;
}
