import type { Readable } from 'node:stream';
import { LineSplitter } from '../../core/lines';

/** Gets one line of a function's output, without its line ending. */
export type LogListener = (line: string, stream: 'stdout' | 'stderr') => void;

/** The most CloudWatch Logs takes as one event: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_LOG_LINE_BYTES = 1024 * 1024;

/** Cuts a process's output into lines; a longer one is told as such, not kept. */
export function forwardLines(output: Readable, stream: 'stdout' | 'stderr', onLog: LogListener): void {
  const splitter = new LineSplitter(MAX_LOG_LINE_BYTES);
  const tell = (bytes: Buffer | null) => onLog(bytes?.toString() ?? '(a line over 1 MiB)', stream);
  output.on('data', (chunk: Buffer) => {
    for (const line of splitter.push(chunk)) tell(line.bytes);
  });
  output.on('end', () => {
    for (const line of splitter.end()) tell(line.bytes);
  });
}
