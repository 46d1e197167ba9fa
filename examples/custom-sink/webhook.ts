import { commonSinkFields, defineSink } from 'capture-relay';
import * as z from 'zod';

/** A sink of your own: one POST of `{"rows":[…]}` a batch. It sends and reads the answer; the rest is done for it. */
const schema = z.strictObject({ type: z.literal('webhook'), url: z.url(), ...commonSinkFields });

export const webhook = defineSink<z.infer<typeof schema>>({
  type: 'webhook',
  schema,
  limits: () => ({ maxBatchInferences: 500, maxBatchBytes: 1 << 20, maxInferenceBytes: 1 << 20, maxInFlight: 4 }),
  secrets: () => ({}),
  delivered: 'The receiver answered 2xx.',
  repeats: 'The receiver gets the same ids again.',
  load: async () => (await import('./webhook-sink')).openWebhook,
});
