import { CaptureRelayError } from '../core/errors';

/**
 * An object of the state that does not read as this version's, and cannot be made anew: damaged, or another program's.
 * What stands in it may be payload, so nothing of it is told but its key.
 */
export class UnreadableState extends CaptureRelayError {
  override name = 'UnreadableState';

  constructor(readonly key: string) {
    super('STATE_UNREADABLE', `${key} cannot be read: it is damaged, or was not written by this version`);
  }
}

/** For whoever goes on with the others. */
export async function orUnreadable<T>(work: () => Promise<T>): Promise<T | UnreadableState> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableState) return error;
    throw error;
  }
}
