import type { InvokeResult } from './invoke-result';

/**
 * Which messages of a batch a function says it failed (ReportBatchItemFailures). An answer without a list, or with an
 * empty one, is success; anything Lambda cannot read, also an id that is not in the batch, fails all of them:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessageIds(result: InvokeResult, batch: ReadonlySet<string>): ReadonlySet<string> {
  if (result.kind !== 'ok') return batch;
  const { payload } = result;
  if (payload === null) return new Set();
  if (typeof payload !== 'object' || Array.isArray(payload)) return batch;
  const failures: unknown = 'batchItemFailures' in payload ? payload.batchItemFailures : null;
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return batch;
  const ids = failures.map(identifierOf);
  const known = ids.filter((id) => id !== null && batch.has(id));
  return known.length === ids.length ? new Set(known.filter((id) => id !== null)) : batch;
}

function identifierOf(failure: unknown): string | null {
  if (typeof failure !== 'object' || failure === null || !('itemIdentifier' in failure)) return null;
  return typeof failure.itemIdentifier === 'string' ? failure.itemIdentifier : null;
}
