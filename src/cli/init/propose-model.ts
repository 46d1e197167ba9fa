import { MAX_LINE_BYTES } from '../../config/defaults';
import type { Rejection } from '../../core/types';
import { short } from '../look';
import type { CaptureFacts } from './capture-facts';
import type { Part } from './proposal';

/** The parts that are not about payloads: name, place of the captures, ids, shadow variants, limits. */

export function proposeName(facts: CaptureFacts, chosen: string | null): Part {
  const [endpoint, ...others] = facts.endpoints;
  // SageMaker's names fit the setting's own rule; a folder that only looks like a capture key may not.
  const fromKey = endpoint !== undefined && /^[A-Za-z0-9_-]{1,63}$/.test(endpoint) ? endpoint : null;
  const remarks =
    chosen !== null
      ? []
      : fromKey === null
        ? ['The path names no endpoint: give the model its name. It is part of the metrics.']
        : [];
  if (others.length > 0)
    remarks.push(
      `The captures are of ${facts.endpoints.length} endpoints (${facts.endpoints.slice(0, 5).join(', ')}): models that differ want a configuration each.`,
    );
  return { key: 'model', value: chosen ?? fromKey ?? 'my-model', remarks };
}

export function proposeCapture(facts: CaptureFacts): Part {
  const [only, ...others] = facts.prefixes;
  if (only?.bucket !== null && only !== undefined && others.length === 0 && /^[^\s/]/.test(only.prefix))
    return { key: 'capture', value: { bucket: only.bucket, prefix: only.prefix }, remarks: [] };
  if (others.length > 0)
    return {
      key: 'capture',
      value: undefined,
      remarks: ['The captures lie below several prefixes: give capture the one of this model.'],
    };
  const prefix = only === undefined ? 'captures/my-model/' : `…/${only.prefix.split('/').at(-2) ?? ''}/`;
  return {
    key: 'capture',
    value: undefined,
    remarks: [`The path names no bucket. Where the captures are: capture: { bucket: my-bucket, prefix: ${prefix} }`],
  };
}

export function proposeIdentity(facts: CaptureFacts, events: number): Part {
  const { withInferenceId, repeatedIds, withoutEventId } = facts;
  const part = (value: 'eventId' | undefined, remarks: string[]): Part => ({ key: 'identity', value, remarks });
  if (repeatedIds > 0) {
    const found = `${repeatedIds} of ${withInferenceId} inference ids were seen before, so they do not tell inferences apart.`;
    return withoutEventId === 0
      ? part('eventId', [found])
      : part(undefined, [found, `${withoutEventId} events have no event id, so identity: eventId does not cure them.`]);
  }
  if (withInferenceId === 0) return part(undefined, ['No caller gives inference ids: event ids are used.']);
  return part(undefined, [
    `${withInferenceId} of ${events} events have an inference id of the caller's; none repeats.`,
  ]);
}

/**
 * Marked events are shadow traffic without a setting. A variant named here would stay shadow after it was promoted, and
 * its production traffic would be left out: so this is offered, not set.
 */
export function proposeShadow(facts: CaptureFacts): Part[] {
  if (facts.shadowEvents === 0) return [];
  const names = facts.variants.filter((variant) => variant.shadow > 0).map((variant) => variant.variant);
  const marked = `${facts.shadowEvents} event(s) are marked ShadowExperiment`;
  const remarks = [
    `${marked}: sinks leave them out unless they say shadow: only or shadow: include.`,
    names.length === 0
      ? 'The path does not name their variant.'
      : `To take unmarked events of the variant for shadow traffic, too, until it is promoted: shadow: { variants: [${names.join(', ')}] }`,
  ];
  return [{ key: 'shadow', value: undefined, remarks }];
}

/** A setting that lets the longest line pass. Other bounds are said, not raised: what exceeds them is rarely meant. */
export function proposeLimits(rejections: readonly Rejection[]): Part[] {
  const longest = rejections
    .filter((rejection) => rejection.code === 'LINE_TOO_LONG')
    .reduce((most, rejection) => Math.max(most, rejection.place.byteLength), 0);
  const other = rejections.find((rejection) => /^TOO_MANY_|^NESTING_/.test(rejection.code));
  const remarks = other === undefined ? [] : [`Some events exceed a limit: ${short(other.reason, 200)}.`];
  if (longest === 0) return other === undefined ? [] : [{ key: 'limits', value: undefined, remarks }];
  const maxLineBytes = 2 ** Math.ceil(Math.log2(longest));
  const said = `A line has ${longest} bytes; the default allows ${MAX_LINE_BYTES}. It was not looked into.`;
  // The schema's upper bound: a longer line does not fit into one text in memory.
  if (maxLineBytes > 512 << 20) return [{ key: 'limits', value: undefined, remarks: [...remarks, said] }];
  return [{ key: 'limits', value: { maxLineBytes }, remarks: [...remarks, said] }];
}
