import type { SideName } from '../../core/decode/reading';
import { mediaType, textOf } from './payload-text';
import type { SampleEvent } from './read-sample';

/** What the events tell beside their payloads: endpoint, variants, ids, and how the endpoint labelled the payloads. */
export interface CaptureFacts {
  /** Endpoints and variants by the key, most frequent first. */
  readonly endpoints: readonly string[];
  readonly variants: readonly VariantFacts[];
  /** Events that SageMaker marked as those of a shadow test. */
  readonly shadowEvents: number;
  /** Events of one endpoint lie below these prefixes of buckets. */
  readonly prefixes: readonly { readonly bucket: string | null; readonly prefix: string }[];
  readonly withInferenceId: number;
  readonly repeatedIds: number;
  readonly withoutEventId: number;
  readonly sides: Readonly<Record<SideName, SideFacts>>;
}

export interface VariantFacts {
  readonly variant: string;
  readonly events: number;
  readonly shadow: number;
}

export interface SideFacts {
  readonly captured: number;
  /** Labels seen, as `CSV text/csv`, most frequent first, with their number of events. */
  readonly labels: readonly (readonly [string, number])[];
  /** Content types of text that was captured as BASE64; null for a missing header. */
  readonly textAsBase64: readonly (string | null)[];
}

export function captureFacts(events: readonly SampleEvent[]): CaptureFacts {
  const keyed = events.flatMap(({ key }) => (key === null ? [] : [key]));
  const ids = events.flatMap(({ event }) => event.inferenceId ?? []);
  return {
    endpoints: byFrequency(keyed.map((key) => key.endpoint)).map(([endpoint]) => endpoint),
    variants: byFrequency(keyed.map((key) => key.variant)).map(([variant, count]) => ({
      variant,
      events: count,
      shadow: events.filter(({ key, event }) => key?.variant === variant && isMarkedShadow(event)).length,
    })),
    shadowEvents: events.filter(({ event }) => isMarkedShadow(event)).length,
    prefixes: prefixesOf(events),
    withInferenceId: ids.length,
    repeatedIds: ids.length - new Set(ids).size,
    withoutEventId: events.filter(({ event }) => event.eventId === null).length,
    sides: { input: sideFacts(events, 'input'), output: sideFacts(events, 'output') },
  };
}

const isMarkedShadow = (event: SampleEvent['event']): boolean => event.invocationSource === 'ShadowExperiment';

function prefixesOf(events: readonly SampleEvent[]): CaptureFacts['prefixes'] {
  const found = new Map<string, { bucket: string | null; prefix: string }>();
  for (const { event, key } of events) {
    if (key === null) continue;
    const { bucket } = event.place.file;
    const prefix = key.prefix === '' ? `${key.endpoint}/` : `${key.prefix}/${key.endpoint}/`;
    found.set(`${bucket ?? ''} ${prefix}`, { bucket, prefix });
  }
  return [...found.values()];
}

function sideFacts(events: readonly SampleEvent[], side: SideName): SideFacts {
  const payloads = events.flatMap(({ event }) => event[side] ?? []);
  const opened = new Set<string | null>();
  for (const payload of payloads) {
    const type = mediaType(payload);
    // One look per content type is enough, and BASE64 of megabytes is slow to decode.
    if (payload.encoding !== 'BASE64' || opened.has(type === '' ? null : type)) continue;
    if (textOf(payload) !== null) opened.add(type === '' ? null : type);
  }
  return {
    captured: payloads.length,
    labels: byFrequency(payloads.map((payload) => `${payload.encoding} ${payload.contentType ?? 'no content type'}`)),
    textAsBase64: [...opened],
  };
}

function byFrequency(items: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
