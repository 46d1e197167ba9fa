import { subBatch } from '../core/batch';
import type { DeliveryResult, Inference } from '../core/types';
import type { OpenSink } from '../sinks/sink';

/**
 * A sink that sends only some of the inferences it is given, and says of the others that they are delivered: they are,
 * by an earlier run.
 */
export function onlyRows(sink: OpenSink, isWanted: (inference: Inference) => boolean): OpenSink {
  return {
    ...sink,
    deliver: async (batch, signal) => {
      const indexes = batch.inferences.flatMap((inference, at) => (isWanted(inference) ? [at] : []));
      if (indexes.length === 0) return { kind: 'delivered' };
      if (indexes.length === batch.inferences.length) return sink.deliver(batch, signal);
      return inWholeBatch(await sink.deliver(subBatch(batch, indexes, batch.attempt), signal), indexes);
    },
  };
}

/** The answer to a part of a batch, with the positions that its rows have in the whole. */
function inWholeBatch(result: DeliveryResult, indexes: readonly number[]): DeliveryResult {
  if (result.kind !== 'partial') return result;
  // A position that is none stays one that is none: the chain finds what breaks a sink's contract.
  const whole = (index: number): number => indexes[index] ?? -1;
  return {
    ...result,
    rejected: result.rejected.map((row) => ({ ...row, index: whole(row.index) })),
    retry: result.retry.map(whole),
  };
}
