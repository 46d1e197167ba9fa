import type { Clock } from '../core/deliver';

/** The machine's own clock. Monotonic, so that a change of the wall clock moves no deadline. */
export function systemClock(deadlineInMs: number, signal?: AbortSignal): Clock {
  const nowMs = (): number => performance.now();
  return {
    nowMs,
    deadlineMs: nowMs() + deadlineInMs,
    random: Math.random,
    sleep: (ms) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal?.addEventListener('abort', wake, { once: true });
        if (signal?.aborted === true) wake();
      }),
  };
}
