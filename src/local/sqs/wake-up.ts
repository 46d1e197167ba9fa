/** Lets long polls sleep until something changes, a time passes, or they are given up. */
export class WakeUp {
  private readonly sleepers = new Set<() => void>();

  /** Resolves on the next `wake`, after `maxMs` at the latest, or when the signal aborts. */
  async sleep(maxMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, maxMs);
      signal?.addEventListener('abort', done);
      this.sleepers.add(done);
    });
  }

  wake(): void {
    for (const done of this.sleepers) done();
  }
}
