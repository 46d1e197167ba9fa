import { UsageError } from '../core/errors';
import { SourceFailure } from '../core/source';
import { StoreUnavailable } from '../store/state-store';
import { UnreadableState } from '../store/unreadable-state';

/** State or captures that cannot be read are what a person named, and can put right; anything else stays as it is. */
export function placeProblem(error: unknown): unknown {
  const isPlace =
    error instanceof StoreUnavailable || error instanceof SourceFailure || error instanceof UnreadableState;
  return isPlace ? new UsageError(error.message, { cause: error }) : error;
}
