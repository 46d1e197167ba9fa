import { once } from 'node:events';
import { fileName } from '../../core/capture-key';
import type { SourceFailure } from '../../core/source';
import type { Rejection } from '../../core/types';
import type { ReplayWatcher } from '../../replay/replay';
import type { ReplayFile } from '../../replay/replay-source';
import type { SinkProgress } from '../../replay/sink-progress';
import { red, yellow } from '../look';
import { ProgressView } from './progress-view';
import { RejectionGroups, rejectionLine } from './rejection-groups';
import { goOnLines, printReport, type ReplayEnd } from './report';
import { resultLine } from './result-line';

/** Everything a replay prints: for people on both streams, or with --json one object a line on standard output. */
export class ReplayPrinter implements ReplayWatcher {
  isBalanced = true;
  private view: ProgressView | null = null;
  private readonly rejections = new RejectionGroups();

  constructor(private readonly isJson: boolean) {}

  begin(progress: readonly SinkProgress[]): void {
    this.view = new ProgressView(progress);
  }

  say(text: string): void {
    if (this.view === null) process.stderr.write(`${text}\n`);
    else this.view.say(text);
  }

  stopWatching(): void {
    this.view?.end();
    this.view = null;
  }

  rejected(sink: string, rejection: Rejection): void {
    if (this.isJson) process.stdout.write(rejectionLine(sink, rejection));
    else this.rejections.add(sink, rejection);
  }

  unread(sink: string, { file }: ReplayFile, { kind, message }: SourceFailure): void {
    if (this.isJson)
      process.stdout.write(`${JSON.stringify({ unread: { sink, file: fileName(file), kind, reason: message } })}\n`);
    else this.say(red(`${sink}: ${message}`));
  }

  left(sink: string, { file }: ReplayFile, why: string): void {
    if (this.isJson) process.stdout.write(`${JSON.stringify({ left: { sink, file: fileName(file), reason: why } })}\n`);
    else this.say(yellow(`${sink}: ${fileName(file)} is left alone: ${why}`));
  }

  async fileEnded(progress: SinkProgress): Promise<void> {
    this.view?.fileEnded(progress);
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  }

  unbalanced(sink: string, { file }: ReplayFile, problems: readonly string[]): void {
    this.isBalanced = false;
    this.say(red(`${sink}: the equation does not add up for ${fileName(file)}: ${problems.join('; ')}`));
  }

  end(end: ReplayEnd): void {
    const write = (line: string): void => void process.stdout.write(`${line}\n`);
    if (this.isJson) {
      process.stdout.write(resultLine(end));
      for (const line of goOnLines(end)) this.say(line);
      return;
    }
    printReport(end);
    for (const line of this.rejections.lines()) write(line);
    for (const line of goOnLines(end)) write(line);
  }
}
