import * as z from 'zod';
import { MAX_IN_FLIGHT } from '../../config/defaults';
import { commonSinkFields, partnerUrl, secretReference } from '../../config/fields';
import { defineSink } from '../define-sink';

/** Fiddler v3: events in lists, answered as a whole. */
export type FiddlerConfig = z.infer<typeof schema>;

const column = z.string().min(1);

// As AWS's SageMaker Python SDK checks it; but for the region, which a signature needs, and for what would be every app
// in a policy.
const PARTNER_APP_ARN = /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:partner-app\/[^*?\s]+$/;

/** A Fiddler that runs as a SageMaker Partner AI App takes only requests that AWS can attribute. */
const partnerApp = z.strictObject({
  arn: z.string().regex(PARTNER_APP_ARN, {
    error: 'must be the ARN of a partner app: arn:aws:sagemaker:{region}:{account}:partner-app/{id}',
  }),
  /** Whether the signature covers the body. `unsigned` is what Fiddler's own client sends. Default: signed. */
  payload: z.enum(['signed', 'unsigned']).optional(),
  /** Name of the header that carries the ARN. */
  arnHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be the name of a header' })
    .optional(),
});

export type PartnerAppSettings = z.infer<typeof partnerApp>;

const schema = z.strictObject({
  type: z.literal('fiddler'),
  url: partnerUrl,
  modelId: z.guid({ error: 'must be the UUID of the model, as its card in Fiddler shows it' }),
  token: secretReference,
  /** Column that carries the partner inference id. Default: the model's event_id_col; null: none. */
  eventIdColumn: column.nullish(),
  /** Column that carries the inference time. Default: the model's event_ts_col; null: none, and Fiddler takes the time of receipt. */
  timestampColumn: column.nullish(),
  partnerApp: partnerApp.optional(),
  ...commonSinkFields,
});

export const fiddler = defineSink<FiddlerConfig>({
  type: 'fiddler',
  schema,
  // 1,000 events a call: Fiddler's REST documentation and its Python client (STREAM_EVENT_LIMIT). No byte limit is stated.
  limits: () => ({
    maxBatchInferences: 1_000,
    maxBatchBytes: 5_000_000,
    maxInferenceBytes: 5_000_000,
    maxInFlight: MAX_IN_FLIGHT,
  }),
  secrets: (config) => ({ token: config.token }),
  delivered:
    'Fiddler answered 2xx for the whole call: the events are queued there, and Fiddler alone can confirm them.',
  repeats: "Fiddler's own client states that a retried call is not deduplicated; assume that events are stored twice.",
  load: async () => (await import('./fiddler-sink')).openFiddler,
});
