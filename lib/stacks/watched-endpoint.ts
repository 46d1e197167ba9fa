import type { DeployedModel } from '../config/load-models';
import type { CapturedEndpoint } from '../constructs/captured-endpoint';
import type { WatchedEndpoint } from '../constructs/watched-pipeline';
import { ONLY_VARIANT } from '../endpoint/endpoint-variants';

/** The endpoint by name and variants, whether it is made here or was there. */
export function watchedEndpoint(
  { endpoint, shadow, capture }: DeployedModel,
  made: CapturedEndpoint | null,
): WatchedEndpoint {
  const ofTest = shadow?.test === undefined ? [] : [shadow.test.shadowVariant.variant];
  const shadowVariants = [...new Set([...(made?.shadowVariants ?? shadow?.variants ?? []), ...ofTest])];
  const capturedShare = capture.enabled === false ? 0 : (capture.samplingPercentage ?? 100) / 100;
  if (made !== null) return { name: made.endpointName, variants: made.variants, shadowVariants, capturedShare };
  const { existing } = endpoint;
  if (existing === undefined) throw new Error('an endpoint that is neither made nor there, which the schema refuses');
  const named = typeof existing === 'string' ? { name: existing } : existing;
  return {
    name: named.name,
    variants: ('variants' in named ? named.variants : null) ?? [ONLY_VARIANT],
    shadowVariants,
    capturedShare,
  };
}
