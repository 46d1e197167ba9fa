import * as z from 'zod';
import type { DeliveryResult, InferenceBatch, RefusedRow } from '../../core/types';
import { maskPayload } from '../mask-payload';

/**
 * Arthur's answer to a row POST. It is 207 even when every row failed; `results` are in the order of the request.
 * A row's status is an HTTP code: 4xx will never pass, 5xx may, and a row without an answer is sent again.
 * Source: Arthur's Python client, `core/data_service` (validate_multistatus_response) and its tests.
 */
const answerSchema = z.object({
  counts: z.object({ success: z.number(), failure: z.number(), total: z.number() }),
  results: z.array(
    z.object({
      status: z.int().min(100).max(599),
      message: z.string().nullish(),
      partner_inference_id: z.string().nullish(),
    }),
  ),
});

export function readAnswer(text: string, batch: InferenceBatch): DeliveryResult {
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success) return unreadable('its body is not the counts and results it documents');
  const { counts, results } = parsed.data;
  if (results.length > batch.inferences.length)
    return unreadable(`${results.length} results for ${batch.inferences.length} rows`);
  const misplaced = results.findIndex(
    (result, at) =>
      result.partner_inference_id && result.partner_inference_id !== batch.inferences[at]?.partnerInferenceId,
  );
  if (misplaced !== -1) return unreadable(`result ${misplaced} names another row than the one sent there`);
  const failing = results.filter((result) => !isSuccess(result.status)).length;
  if (counts.failure !== failing) return unreadable(`counts say ${counts.failure} failures, the rows say ${failing}`);
  const [first] = results;
  const refusesToken =
    first !== undefined &&
    (first.status === 401 || first.status === 403) &&
    results.every((result) => result.status === first.status);
  if (refusesToken && results.length === batch.inferences.length) {
    return {
      kind: 'misconfigured',
      code: 'SINK_TOKEN_REFUSED',
      reason: `Arthur answered ${first.status} for every row: Arthur's token is wrong, expired or not allowed to do this; replace it`,
    };
  }
  return readRows(results, batch);
}

type Result = z.infer<typeof answerSchema>['results'][number];

function readRows(results: readonly Result[], batch: InferenceBatch): DeliveryResult {
  const rejected: RefusedRow[] = [];
  const retry: number[] = [];
  batch.inferences.forEach((inference, index) => {
    const result = results[index];
    if (result === undefined || mayPass(result.status)) retry.push(index);
    else if (!isSuccess(result.status)) {
      const message = maskPayload(result.message ?? '', [inference]);
      rejected.push({
        index,
        code: 'PARTNER_REFUSED_ROW',
        reason: `Arthur answered ${result.status} for this row${message === '' ? '' : `: ${message}`}`,
      });
    }
  });
  if (rejected.length === 0 && retry.length === 0) return { kind: 'delivered' };
  return { kind: 'partial', rejected, retry, reason: `Arthur failed on ${retry.length} row(s)` };
}

const mayPass = (status: number): boolean => status >= 500 || status === 429 || status === 408;
const isSuccess = (status: number): boolean => status >= 200 && status < 300;

// Nothing is known of any row then; sending the batch again can only repeat rows under their own ids.
const unreadable = (why: string): DeliveryResult => ({
  kind: 'retryable',
  reason: `Arthur's answer cannot be read: ${why}`,
  waitMs: null,
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
