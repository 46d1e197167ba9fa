import * as z from 'zod';
import { MAX_IN_FLIGHT } from '../../config/defaults';
import { commonSinkFields, partnerUrl, secretReference } from '../../config/fields';
import { defineSink } from '../define-sink';

/** Arthur v3 ("Arthur Scope"): inferences as rows, each answered by itself; or capture files as they are. */
export type ArthurConfig = z.infer<typeof schema>;

const schema = z.strictObject({
  type: z.literal('arthur'),
  host: partnerUrl,
  modelId: z.string().min(1).max(200),
  token: secretReference,
  /** `rows`: decoded here, answered by row. `pass-through`: the file goes to Arthur's own decoder. Default: rows. */
  mode: z.enum(['rows', 'pass-through']).optional(),
  ...commonSinkFields,
});

export const arthur = defineSink<ArthurConfig>({
  type: 'arthur',
  schema,
  // Arthur's documentation asks for fewer than 100,000 rows a request ("Sending Inferences") and states no byte limit;
  // 5 MB keeps a refused request cheap to halve.
  limits: () => ({
    maxBatchInferences: 1_000,
    maxBatchBytes: 5_000_000,
    maxInferenceBytes: 5_000_000,
    maxInFlight: MAX_IN_FLIGHT,
  }),
  secrets: (config) => ({ token: config.token }),
  delivered:
    'Arthur answered 207 with a success status for this row; in pass-through it answered 207 for the file and counted no failure on this line.',
  repeats: 'Arthur documents nothing on a repeated partner_inference_id; assume that it is stored twice.',
  load: async () => (await import('./arthur-sink')).openArthur,
});
