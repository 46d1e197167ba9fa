import { captureTrigger, type TriggerRule } from '../../../lib/notifications/trigger-rule';
import { shadowCapture, shadowRuleName, type ShadowModel } from '../../config/shadow-capture';
import type { ConfigFile } from '../check/config-file';

export type Store = 'shared' | 'own' | 'existing';

/** What a configuration says its captures come by. Read from the raw document, so that a mistake elsewhere hides none. */
export interface DeclaredTrigger {
  /** Whose captures: the endpoint's, or those that its shadow test writes. */
  readonly of: 'endpoint' | 'shadow test';
  /** Named after the file. */
  readonly rule: TriggerRule;
  /** The name in the ids of its rules on a bucket; null while the model has none. */
  readonly ruleName: string | null;
  /** The setting that decides where. */
  readonly key: string;
  /** Null when the bucket's name is known only after the deploy. */
  readonly bucket: string | null;
  /** Equal for triggers of one bucket, named or not. */
  readonly bucketId: string;
  readonly store: Store;
  readonly trigger: 'notification' | 'eventbridge';
}

/** The endpoint's first, and its shadow test's where it has one; none for what names no prefix that could be watched. */
export function declaredTriggers(file: ConfigFile): DeclaredTrigger[] {
  return [endpointTrigger(file), shadowTrigger(file)].flatMap((each) => each ?? []);
}

function endpointTrigger({ path, raw }: ConfigFile): DeclaredTrigger | null {
  const { model } = record(raw);
  const { bucket, prefix, store, trigger } = captureOf(raw);
  if (typeof prefix !== 'string') return null;
  const name = typeof bucket === 'string' ? bucket : null;
  const kind = store === 'own' || store === 'existing' ? store : 'shared';
  return {
    of: 'endpoint',
    rule: captureTrigger(path, prefix),
    ruleName: typeof model === 'string' ? model : null,
    key: 'capture.prefix',
    bucket: name,
    bucketId: name ?? (kind === 'own' ? `own bucket of ${path}` : 'the shared bucket'),
    store: kind,
    trigger: trigger === 'eventbridge' ? 'eventbridge' : 'notification',
  };
}

function shadowTrigger(file: ConfigFile): DeclaredTrigger | null {
  const { model } = record(file.raw);
  const place = rawShadowCapture(file.raw);
  if (place === null) return null;
  const endpoint = endpointTrigger(file);
  const isInSameBucket = place.bucket === null || place.bucket === endpoint?.bucket;
  return {
    of: 'shadow test',
    rule: captureTrigger(`the shadow test of ${file.path}`, place.prefix),
    ruleName: typeof model === 'string' ? shadowRuleName(model) : null,
    key: 'shadow.test.dataStorage.prefix',
    bucket: place.bucket,
    bucketId: place.bucket ?? endpoint?.bucketId ?? 'the shared bucket',
    // Only the bucket of captures is ever made.
    store: isInSameBucket && endpoint !== null ? endpoint.store : 'existing',
    trigger: endpoint?.trigger ?? 'notification',
  };
}

/** Of a document whose form nobody has checked. */
function rawShadowCapture(raw: unknown): { bucket: string | null; prefix: string } | null {
  const { model, shadow } = record(raw);
  const test = record(shadow).test;
  if (typeof model !== 'string' || typeof test !== 'object' || test === null) return null;
  const capture = captureOf(raw);
  // A bucket that only the deploy will name is no text yet.
  const named = { ...capture, bucket: capture.bucket ?? '' };
  const place = shadowCapture({ model, capture: named, shadow: { test } } as unknown as ShadowModel);
  if (place === null || typeof place.prefix !== 'string') return null;
  return {
    bucket: typeof place.bucket === 'string' && place.bucket !== '' ? place.bucket : null,
    prefix: place.prefix,
  };
}

export const isSameBucket = (a: DeclaredTrigger, b: DeclaredTrigger): boolean => a.bucketId === b.bucketId;

/** The bucket, for a sentence. */
export function bucketWords({ bucket, store }: DeclaredTrigger): string {
  if (bucket !== null) return `bucket ${bucket}`;
  return store === 'own' ? 'a bucket of its own' : "the app's shared bucket";
}

const captureOf = (raw: unknown): Readonly<Record<string, unknown>> => record(record(raw).capture);

export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
