import { fileName } from '../../core/capture-key';
import type { SinkProgress } from '../../replay/sink-progress';
import type { ReplayEnd } from './report';

/** The end of a replay, for programs: one JSON line. */
export function resultLine({ progress, chosen, passedOver, isDryRun, isInterrupted }: ReplayEnd): string {
  const files = { chosen: chosen.files.length, ...chosen.leftOut, passedOver: passedOver.length };
  return `${JSON.stringify({ replay: { dryRun: isDryRun, interrupted: isInterrupted, files, sinks: progress.map(sinkResult) } })}\n`;
}

function sinkResult(progress: SinkProgress): Record<string, unknown> {
  const { sink, files, tally, requests, stop, lastFile, openFile } = progress;
  const { captured, delivered, accepted, quarantined, skipped, inFlight, retries } = tally;
  return {
    sink,
    files,
    captured,
    delivered,
    accepted,
    quarantined,
    skipped,
    inFlight,
    requests: requests.count,
    requestBytes: requests.bytes,
    retries,
    partnerIds: progress.partnerIds,
    skips: Object.fromEntries([...progress.skips].map(([kind, { inferences }]) => [kind, inferences])),
    linesOutside: progress.linesOutside,
    timelessEvents: progress.timelessEvents,
    repeatedIds: tally.repeatedIds,
    surplusColumns: [...progress.surplusColumns],
    stop: stop === null ? null : { code: stop.code, reason: stop.reason },
    lastFile: lastFile === null ? null : fileName(lastFile.file),
    openFile: openFile === null ? null : fileName(openFile.file),
  };
}
