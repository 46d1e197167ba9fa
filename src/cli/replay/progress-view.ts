import { MultiBar, type SingleBar } from 'cli-progress';
import type { SinkProgress } from '../../replay/sink-progress';
import { clockText, paceOf } from './pace-of';

/**
 * What a person sees while a replay runs: a bar for each sink when standard error is a terminal, else a line at every
 * tenth of the files, not more often than each second and not more seldom than each half minute.
 */
const REFRESH_MS = 200;
const MIN_SILENCE_MS = 1_000;
const MAX_SILENCE_MS = 30_000;

// Bars switch the wrapping of lines off, which would cut a message at the edge (DEC private mode 7).
const [WRAP_ON, WRAP_OFF] = ['\u001b[?7h', '\u001b[?7l'];

interface Shown {
  readonly bar: SingleBar | null;
  tenths: number;
  saidMs: number;
}

export class ProgressView {
  private readonly startedMs = performance.now();
  private readonly bars: MultiBar | null;
  private readonly shown: ReadonlyMap<SinkProgress, Shown>;
  private readonly timer: NodeJS.Timeout | null;
  private readonly width: number;

  constructor(progress: readonly SinkProgress[]) {
    const isTerminal = process.stderr.isTTY;
    this.bars = isTerminal
      ? new MultiBar({
          format: '{sink} {bar} {percentage}%  {files} files  {inferences} inferences  {rate}/s  {remaining}',
          hideCursor: true,
          fps: 5,
        })
      : null;
    this.width = Math.max(...progress.map(({ sink }) => sink.length));
    this.shown = new Map(
      progress.map((each) => {
        const bar = this.bars?.create(Math.max(1, each.bytes.chosen), 0, texts(each, 0, this.width)) ?? null;
        return [each, { bar, tenths: 0, saidMs: this.startedMs }];
      }),
    );
    this.timer = isTerminal ? setInterval(() => this.refresh(), REFRESH_MS) : null;
  }

  /** Above the bars, or as a line of its own. */
  say(text: string): void {
    if (this.bars === null) process.stderr.write(`${text}\n`);
    else {
      this.bars.log(`${WRAP_ON}${text}${WRAP_OFF}\n`);
      // At once: what is still held back when the bars stop is never shown.
      this.bars.update();
    }
  }

  fileEnded(progress: SinkProgress): void {
    const shown = this.shown.get(progress);
    if (this.bars !== null || shown === undefined) return;
    const { files } = progress;
    const ended = files.done + files.unread;
    const tenths = Math.floor((ended * 10) / files.chosen);
    const nowMs = performance.now();
    const silenceMs = nowMs - shown.saidMs;
    const isDue = tenths > shown.tenths ? silenceMs >= MIN_SILENCE_MS : silenceMs >= MAX_SILENCE_MS;
    if (!isDue && ended < files.chosen) return;
    Object.assign(shown, { tenths, saidMs: nowMs });
    const text = texts(progress, nowMs - this.startedMs, 0);
    this.say(`${text.sink}: ${text.files} files, ${text.inferences} inferences, ${text.rate}/s, ${text.remaining}`);
  }

  end(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.refresh();
    this.bars?.stop();
  }

  private refresh(): void {
    for (const [progress, { bar }] of this.shown)
      bar?.update(progress.bytes.read, texts(progress, performance.now() - this.startedMs, this.width));
  }
}

function texts(progress: SinkProgress, elapsedMs: number, width: number): Record<string, string> {
  const { files, delivered, sink } = progress;
  const { perSecond, remainingMs } = paceOf(progress, elapsedMs);
  const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  return {
    sink: sink.padEnd(width),
    files: `${number(files.done + files.unread)} of ${number(files.chosen)}`,
    inferences: number(delivered),
    rate: number(perSecond),
    remaining: remainingMs === null ? '' : `${clockText(remainingMs)} left`,
  };
}
