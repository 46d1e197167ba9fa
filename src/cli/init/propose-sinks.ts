import type { Part } from './proposal';

/** Sinks of the proposed configuration: complete in form, with what a person must put in their place. */
export const PROPOSED_SINKS = ['arthur', 'fiddler', 'file'] as const;
export type ProposedSink = (typeof PROPOSED_SINKS)[number];

/** Accepted by every sink's form, and no model's id. */
export const PLACEHOLDER_ID = '00000000-0000-0000-0000-000000000000';

const SINKS: Readonly<Record<ProposedSink, { readonly value: Record<string, unknown>; readonly remark: string }>> = {
  file: { value: { type: 'file', path: 'out/' }, remark: 'Writes NDJSON on disk, and connects to nothing.' },
  arthur: {
    value: {
      type: 'arthur',
      host: 'https://app.arthur.ai',
      modelId: PLACEHOLDER_ID,
      token: { env: 'ARTHUR_ACCESS_TOKEN' },
    },
    remark: 'Replace modelId by the id of the model in Arthur, and host where Arthur runs elsewhere.',
  },
  fiddler: {
    value: {
      type: 'fiddler',
      url: 'https://example.fiddler.ai',
      modelId: PLACEHOLDER_ID,
      token: { env: 'FIDDLER_TOKEN' },
    },
    remark: "Replace url by your Fiddler's address and modelId by the model's UUID, as its card shows it.",
  },
};

export function proposeSinks(types: readonly ProposedSink[]): Part {
  const chosen = [...new Set(types.length === 0 ? (['file'] as const) : types)].map((type) => SINKS[type]);
  return {
    key: 'sinks',
    value: chosen.map((sink) => sink.value),
    remarks: [],
    itemRemarks: chosen.map((sink) => sink.remark),
  };
}

export const isPartner = (type: ProposedSink): boolean => type !== 'file';
