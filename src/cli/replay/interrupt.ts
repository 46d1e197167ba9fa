import type { Stop } from '../../replay/stop';

/** Ctrl-C once: end in order and say what was done. Twice: end now. */

/** After 5 seconds a person wants to be told; the last one is for cutting requests and for the report. */
const GRACE_MS = 4_000;

export interface Interrupted {
  say(text: string): void;
  /** Gives the terminal back as it was. */
  stopWatching(): void;
}

/** Returns what takes the handlers away again. */
export function onInterrupt(stop: Stop, shown: Interrupted): () => void {
  const interrupt = (): void => {
    if (stop.isAsked) {
      shown.stopWatching();
      process.exit(1);
    }
    shown.say(`stopping: open requests have ${GRACE_MS / 1_000} seconds to end; interrupt again to end at once`);
    stop.ask(GRACE_MS);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}

/** Ends the process with the exit code set so far, after everything printed has left it. */
export async function exitNow(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => void stream.write('', () => resolve()));
  process.exit();
}
