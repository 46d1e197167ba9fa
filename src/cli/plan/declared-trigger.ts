import { captureTrigger, type TriggerRule } from '../../../lib/notifications/trigger-rule';
import type { ConfigFile } from '../check/config-file';

export type Store = 'shared' | 'own' | 'existing';

/** What a configuration says its captures come by. Read from the raw document, so that a mistake elsewhere hides none. */
export interface DeclaredTrigger {
  /** Named after the file. */
  readonly rule: TriggerRule;
  /** Null when the bucket's name is known only after the deploy. */
  readonly bucket: string | null;
  /** Equal for triggers of one bucket, named or not. */
  readonly bucketId: string;
  readonly store: Store;
  readonly trigger: 'notification' | 'eventbridge';
}

/** Null when no prefix is given that could be watched. */
export function declaredTrigger({ path, raw }: ConfigFile): DeclaredTrigger | null {
  const { bucket, prefix, store, trigger } = captureOf(raw);
  if (typeof prefix !== 'string') return null;
  const name = typeof bucket === 'string' ? bucket : null;
  const kind = store === 'own' || store === 'existing' ? store : 'shared';
  return {
    rule: captureTrigger(path, prefix),
    bucket: name,
    bucketId: name ?? (kind === 'own' ? `own bucket of ${path}` : 'the shared bucket'),
    store: kind,
    trigger: trigger === 'eventbridge' ? 'eventbridge' : 'notification',
  };
}

export const isSameBucket = (a: DeclaredTrigger, b: DeclaredTrigger): boolean => a.bucketId === b.bucketId;

/** The bucket, for a sentence. */
export function bucketWords(raw: unknown): string {
  const { bucket, store } = captureOf(raw);
  if (typeof bucket === 'string') return `bucket ${bucket}`;
  return store === 'own' ? 'a bucket of its own' : "the app's shared bucket";
}

const captureOf = (raw: unknown): Readonly<Record<string, unknown>> => record(record(raw).capture);

export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
