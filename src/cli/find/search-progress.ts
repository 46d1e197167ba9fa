import { SingleBar } from 'cli-progress';
import type { ListedFile } from '../../sweep/capture-listing';
import type { SearchWatcher } from './search';

/** How far the search is: a line on standard error while that is a terminal, and the sums for the end. */
export class SearchProgress implements SearchWatcher {
  files = 0;
  bytes = 0;
  unreadFiles = 0;
  private readonly bar: SingleBar | null;

  constructor(private readonly say: (text: string) => void) {
    // Nobody knows how many files there are until the last folder is listed: the bar is the hours' name and the sums.
    const format = 'searched {files} files, {megabytes} MB; now at {name}';
    this.bar = process.stderr.isTTY ? new SingleBar({ format, hideCursor: true, clearOnComplete: true, fps: 5 }) : null;
    this.bar?.start(1, 0, this.shown(''));
  }

  readonly searched = ({ file, sizeBytes }: ListedFile): void => {
    this.files += 1;
    this.bytes += sizeBytes ?? 0;
    this.bar?.update(0, this.shown(file.key));
  };

  readonly unread = ({ file }: ListedFile, reason: string): void => {
    this.unreadFiles += 1;
    this.clear();
    this.say(`${file.key} could not be searched: ${reason}`);
  };

  /** Makes room for a line of its own; the next file brings it back. */
  clear(): void {
    if (this.bar !== null) process.stderr.write(CLEAR_LINE);
  }

  end(): void {
    this.bar?.stop();
  }

  private shown(key: string): Record<string, string> {
    const megabytes = (this.bytes / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 0 });
    return { files: this.files.toLocaleString('en-US'), megabytes, name: key.slice(-MAX_NAME) };
  }
}

// To the first column, and empty from there on.
const CLEAR_LINE = '\r\u001b[K';

/** The end of a key tells its hour, and a line of a terminal must hold it. */
const MAX_NAME = 70;
