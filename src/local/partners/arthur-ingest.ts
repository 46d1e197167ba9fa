import { type Answer, jsonAnswer } from './answer';
import type { ArthurModel } from './arthur-model';
import { multiStatus, type RowResult } from './arthur-multi-status';
import { judgeGroundTruth, judgeInference, type RowVerdict } from './arthur-rows';
import type { ArthurFault } from './faults';
import type { InferenceStore } from './inference-store';
import { isJsonArray, type Json } from './json';
import { withJson } from './json-call';
import type { PartnerCall } from './partner-server';

/** The row calls of Arthur: new inferences and ground truth, each an array answered row by row. */
export type ArthurCall = PartnerCall<ArthurFault>;

export const arthurError = (status: number, message: string): Answer => jsonAnswer(status, { message });

export interface IngestContext {
  readonly store: InferenceStore;
  readonly maxBodyBytes: number;
}

/** `POST models/{id}/inferences`. Fitting rows are stored, also when the id was seen before. */
export function postInferences(context: IngestContext, model: ArthurModel, call: ArthurCall): Promise<Answer | null> {
  return eachRow(context, model, call, (row) => {
    const verdict = judgeInference(model, row);
    if (verdict.fits) context.store.add(model.id, verdict.id, verdict.row, { via: 'rows', request: call.number });
    return verdict;
  });
}

/** `PATCH models/{id}/inferences` and `PATCH models/{id}/ground_truth`. An id never stored is that row's 404. */
export function patchGroundTruth(context: IngestContext, model: ArthurModel, call: ArthurCall): Promise<Answer | null> {
  return eachRow(context, model, call, (row) => {
    const verdict = judgeGroundTruth(model, row);
    // With counts alone nothing is kept that could be missing.
    if (!verdict.fits || context.store.update(model.id, verdict.id, verdict.row) || context.store.keep === 'counts')
      return verdict;
    return { fits: false, id: verdict.id, reason: 'no such inference', status: 404 };
  });
}

type Judged = RowVerdict & { readonly status?: number };

function eachRow(
  context: IngestContext,
  model: ArthurModel,
  call: ArthurCall,
  take: (row: Json) => Judged,
): Promise<Answer | null> {
  return withJson(call.request, context.maxBodyBytes, arthurError, (rows) => {
    if (!isJsonArray(rows)) return arthurError(400, 'the body must be an array of inferences');
    if (rows.length === 0) return arthurError(400, 'the array of inferences is empty');
    const results = rows.map((row, index) => spoiledRow(call.fault, index, rows.length) ?? resultOf(take(row)));
    const refused = results.filter(({ status }) => status >= 400 && status < 500);
    context.store.refuse(model.id, refused.length);
    return multiStatus(results, call.fault);
  });
}

function resultOf(judged: Judged): RowResult {
  if (judged.fits) return { id: judged.id, status: 200, message: 'success' };
  return { id: judged.id, status: judged.status ?? 400, message: judged.reason };
}

/** A row that the fault picks is not even looked at; its result shows no id, as real ones may. */
function spoiledRow(fault: ArthurFault | null, index: number, total: number): RowResult | null {
  if (fault?.kind !== 'rows' || fault.rows?.(index, total) === false) return null;
  return { id: null, status: fault.status, message: 'fault on demand' };
}
