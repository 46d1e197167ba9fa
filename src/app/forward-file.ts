import { fileName } from '../core/capture-key';
import { emptyTally } from '../core/tally';
import { deliverFile } from './deliver-file';
import { endOf, later, TIME_USED_UP } from './file-end';
import { deliveryOf, FileLogs } from './file-delivery';
import { FileReport } from './file-report';
import { type Done, FINAL, type FileWork } from './file-work';
import type { ForwardContext } from './forward-context';
import { forwardWithLedger } from './forward-with-ledger';

/** Never throws: what nobody expected costs this work alone, and its message comes again. */
export async function forwardFile(work: FileWork, context: ForwardContext): Promise<Done> {
  const { file } = work.created;
  const place = { sink: work.sink.name, bucket: file.bucket, key: file.key, versionId: file.versionId };
  const report = new FileReport(context, work.sink, place);
  if (context.clock.nowMs() >= context.readUntilMs) {
    const end = later('TIME_USED_UP', TIME_USED_UP, 0);
    report.waits(end);
    return { tally: emptyTally(), end: { kind: 'later', later: end, hasProgress: false, isOnRecord: work.isOnRecord } };
  }
  try {
    return context.state === null
      ? await forwardOnce(work, context, report)
      : await forwardWithLedger(work, context, context.state, report);
  } catch (error) {
    const what = report.bug(error);
    const reason = `${fileName(file)} → ${work.sink.name}: a bug of capture-relay (${what})`;
    return { tally: emptyTally(), end: { kind: 'failed', reason } };
  }
}

/** Without a ledger: the whole file, each time it comes. */
async function forwardOnce(work: FileWork, context: ForwardContext, report: FileReport): Promise<Done> {
  const sink = await context.sinks.get(work.sink, context.signal);
  if ('kind' in sink) {
    report.notBegun(sink);
    const end = later(sink.code, sink.reason, sink.waitMs);
    return { tally: emptyTally(), end: { kind: 'later', later: end, hasProgress: false, isOnRecord: false } };
  }
  const logs = new FileLogs(context, report);
  const result = await deliverFile(deliveryOf(work, context, sink, logs, 0));
  logs.flush();
  if (result.stop?.kind === 'misconfigured') await context.sinks.drop(work.sink);
  const end = endOf(result);
  report.ended(result, end, null);
  if (end.kind === 'final') report.capturedEvents(work.created.file.key, result.tally.events);
  return {
    tally: result.tally,
    end: end.kind === 'final' ? FINAL : { kind: 'later', later: end, hasProgress: false, isOnRecord: false },
  };
}
