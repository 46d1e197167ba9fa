import { type BatchTemplate, type DeliveryResult, type OpenSink, slot } from 'capture-relay';

const template: BatchTemplate = {
  row: {
    id: slot('partnerInferenceId'),
    time: slot('inferenceTime'),
    inputs: slot('inputs'),
    outputs: slot('outputs'),
  },
  open: '{"rows":[',
  separator: ',',
  close: ']}',
};

/** The part that talks. It may throw for bugs only: what a receiver or a network does is an answer. */
export async function openWebhook(settings: { readonly url: string }): Promise<OpenSink> {
  const deliver: OpenSink['deliver'] = async (batch, signal) => {
    const body = template.open + batch.rows.join(template.separator) + template.close;
    const headers = { 'content-type': 'application/json' };
    return fetch(settings.url, { method: 'POST', headers, body, signal }).then(
      (answer) => resultOf(answer.status),
      (error: unknown) => ({ kind: 'retryable', reason: String(error), waitMs: null }),
    );
  };
  return Promise.resolve({ template, columns: null, needsTime: 'no', deliver, close: () => Promise.resolve() });
}

function resultOf(status: number): DeliveryResult {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 413) return { kind: 'too-large', reason: 'answered 413' };
  if (status === 429 || status >= 500) return { kind: 'retryable', reason: `answered ${status}`, waitMs: null };
  return { kind: 'rejected', code: 'PARTNER_REFUSED', reason: `answered ${status}`, isolate: true };
}
