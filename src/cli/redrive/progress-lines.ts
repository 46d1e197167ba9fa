/** What a person sees on standard error while a command runs: a line at most every two seconds. */
const SILENCE_MS = 2_000;

export class ProgressLines {
  private saidAtMs = performance.now();

  readonly say = (text: string): void => void process.stderr.write(`${text}\n`);

  offer(text: string): void {
    const nowMs = performance.now();
    if (nowMs - this.saidAtMs < SILENCE_MS) return;
    this.saidAtMs = nowMs;
    this.say(text);
  }

  /** There is no bar to take away. */
  readonly stopWatching = (): void => undefined;
}
