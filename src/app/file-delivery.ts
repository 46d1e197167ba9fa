import type { BatchOutcome } from '../core/deliver';
import type { OpenSink } from '../sinks/sink';
import type { DeliverFile } from './deliver-file';
import type { FileReport } from './file-report';
import type { FileWork } from './file-work';
import type { ForwardContext } from './forward-context';
import { RejectionLog } from './rejection-log';
import { SkipLog } from './skip-log';

/** What is said while a file is delivered. */
export class FileLogs {
  private readonly rejections: RejectionLog;
  private readonly skips: SkipLog;

  constructor(
    private readonly context: ForwardContext,
    private readonly report: FileReport,
  ) {
    this.rejections = new RejectionLog(context.log, report.place);
    this.skips = new SkipLog(context.log, report.place);
  }

  readonly onRejection: DeliverFile['onRejection'] = (rejection) => this.rejections.add(rejection);
  readonly onSkip: DeliverFile['onSkip'] = (skip) => this.skips.add(skip);
  readonly onBatch = ({ ids }: BatchOutcome): void => {
    if (ids.length > 0) this.context.log('info', 'ids the partner gave', { ...this.report.place, ids });
  };

  flush(): void {
    this.rejections.flush();
    this.skips.flush();
  }
}

export function deliveryOf(
  { created, sink: config }: FileWork,
  context: ForwardContext,
  sink: OpenSink,
  logs: FileLogs,
  fromByte: number,
): DeliverFile {
  return {
    file: created.file,
    bytes: context.read(created, context.signal, fromByte),
    rules: context.config.rules,
    config,
    sink,
    clock: context.clock,
    readUntilMs: context.readUntilMs,
    signal: context.signal,
    onRejection: logs.onRejection,
    onSkip: logs.onSkip,
    onBatch: logs.onBatch,
    ...(context.retry === undefined ? {} : { retry: context.retry }),
  };
}
