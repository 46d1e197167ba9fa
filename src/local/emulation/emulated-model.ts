import {
  ARTHUR_CREDIT_RISK_ID,
  ARTHUR_OPEN_ID,
  ARTHUR_SHADOW_ID,
  FIDDLER_CREDIT_RISK_ID,
  FIDDLER_OPEN_ID,
  FIDDLER_SHADOW_ID,
} from '../partners/demo-models';

/**
 * The model configuration of the local run. Production and shadow traffic go to models of their own, as they should
 * anywhere: a shadow response was never shown to a caller.
 */
export type ModelKind = 'demo' | 'open';

export interface Addresses {
  readonly arthur: string;
  readonly fiddler: string;
  readonly out: string;
}

type PartnerModels = Readonly<Record<string, { readonly partner: 'arthur' | 'fiddler'; readonly modelId: string }>>;

/** Which stand-in model holds what a sink delivered. */
export const PARTNER_MODELS: Readonly<Record<ModelKind, PartnerModels>> = {
  demo: {
    arthur: { partner: 'arthur', modelId: ARTHUR_CREDIT_RISK_ID },
    'arthur-shadow': { partner: 'arthur', modelId: ARTHUR_SHADOW_ID },
    fiddler: { partner: 'fiddler', modelId: FIDDLER_CREDIT_RISK_ID },
    'fiddler-shadow': { partner: 'fiddler', modelId: FIDDLER_SHADOW_ID },
  },
  open: {
    arthur: { partner: 'arthur', modelId: ARTHUR_OPEN_ID },
    'arthur-shadow': { partner: 'arthur', modelId: ARTHUR_SHADOW_ID },
    fiddler: { partner: 'fiddler', modelId: FIDDLER_OPEN_ID },
    'fiddler-shadow': { partner: 'fiddler', modelId: FIDDLER_SHADOW_ID },
  },
};

export function emulatedModel(kind: ModelKind, { arthur, fiddler, out }: Addresses): Record<string, unknown> {
  const sinks = Object.entries(PARTNER_MODELS[kind]).map(([name, { partner, modelId }]) => ({
    name,
    type: partner,
    modelId,
    ...(partner === 'arthur'
      ? { host: arthur, token: { env: 'ARTHUR_TOKEN' } }
      : { url: fiddler, token: { env: 'FIDDLER_TOKEN' } }),
    shadow: name.endsWith('-shadow') ? 'only' : 'exclude',
  }));
  return {
    model: kind === 'demo' ? 'credit-risk' : 'captures',
    sinks: [...sinks, { name: 'file', type: 'file', path: out, shadow: 'include' }],
  };
}
