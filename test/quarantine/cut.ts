import type { StateStore } from '../../src/store/state-store';

/** Not what a store may do: nothing of the process happens any more. */
export class Killed extends Error {}

/** The calls of one process, which fail from one of them on (or only then): before that one takes effect, or after. */
export class Cut {
  calls = 0;
  isOver = false;

  constructor(
    private readonly atCall: number,
    private readonly phase: 'before' | 'after',
    private readonly failure: () => Error,
    private readonly isOnce = false,
  ) {}

  readonly call = async <T>(work: () => Promise<T>): Promise<T> => {
    this.calls += 1;
    const isLast = this.calls === this.atCall;
    if ((this.isOver && !this.isOnce) || (isLast && this.phase === 'before')) return this.end();
    const result = await work();
    return isLast ? this.end() : result;
  };

  readonly store = (store: StateStore): StateStore => ({
    nowMs: store.nowMs,
    get: (key) => this.call(() => store.get(key)),
    put: (key, body, condition) => this.call(() => store.put(key, body, condition)),
    list: (prefix, options) => this.call(() => store.list(prefix, options)),
    remove: (key, condition) => this.call(() => store.remove(key, condition)),
  });

  private end(): never {
    this.isOver = true;
    throw this.failure();
  }
}

/** A process that was killed ends in no other way. */
export async function endedBy(cut: Cut, running: Promise<unknown>): Promise<void> {
  const error: unknown = await running.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error !== null && !(error instanceof Killed)) throw error;
  expect(error !== null).toBe(cut.isOver);
}
