import { type Overlap, overlapOf } from '../../../lib/notifications/overlap';
import { nameInRuleId } from '../../../lib/notifications/owner';
import { type BucketRule, type NotificationConfiguration, readRules } from '../../../lib/notifications/rules';
import type { TriggerRule } from '../../../lib/notifications/trigger-rule';
import type { DeclaredTrigger } from './declared-trigger';
import type { PlannedModel } from './plan';

/** A bucket as it is now, beside what the models want of it. */
export interface LiveBucket {
  readonly bucket: string;
  /** Null: there is no such bucket yet. */
  readonly now: {
    readonly eventBridge: boolean;
    readonly rules: readonly (BucketRule & { readonly model: string | null })[];
  } | null;
  readonly models: readonly LiveModel[];
}

/** One trigger of a model. */
export interface LiveModel {
  readonly model: string;
  readonly of: DeclaredTrigger['of'];
  /** `different`: a rule of this model is there, and a deploy replaces it. `none`: the trigger is EventBridge. */
  readonly rule: 'present' | 'missing' | 'different' | 'none';
  /** With rules that a deploy does not touch; each makes S3 refuse ours. */
  readonly overlaps: readonly Overlap[];
}

/** Asks each named bucket once. `get` answers null for a bucket that does not exist. */
export async function lookAtBuckets(
  models: readonly PlannedModel[],
  get: (bucket: string) => Promise<NotificationConfiguration | null>,
): Promise<LiveBucket[]> {
  const all = models.flatMap(({ model, triggers }) => triggers.map((declared) => ({ model, declared })));
  const names = new Set(all.flatMap(({ declared }) => declared.bucket ?? []));
  const buckets: LiveBucket[] = [];
  for (const bucket of names) {
    const configuration = await get(bucket);
    const own = all.filter(({ declared }) => declared.bucket === bucket);
    const now = configuration === null ? null : readRules(configuration);
    const rules = (now?.rules ?? []).map((rule) => ({ ...rule, model: nameInRuleId(rule.id) }));
    const planned = new Set<string | null>(own.map(({ declared }) => declared.ruleName));
    // What a deploy of these models replaces is judged as they declare it, not as it is.
    const others = rules.filter(({ model }) => model === null || !planned.has(model));
    buckets.push({
      bucket,
      now: now === null ? null : { eventBridge: now.eventBridge, rules },
      models: own.map((each) => compare(each, rules, others)),
    });
  }
  return buckets;
}

function compare(
  { model, declared }: { readonly model: string; readonly declared: DeclaredTrigger },
  rules: readonly (BucketRule & { readonly model: string | null })[],
  others: readonly BucketRule[],
): LiveModel {
  const { of, rule: wanted, ruleName } = declared;
  if (declared.trigger === 'eventbridge') return { model, of, rule: 'none', overlaps: [] };
  const own = rules.filter((rule) => rule.model !== null && rule.model === ruleName);
  const isPresent = own.some((rule) => isSameTrigger(rule, wanted));
  return {
    model,
    of,
    rule: isPresent ? 'present' : own.length > 0 ? 'different' : 'missing',
    overlaps: others.flatMap((rule) => overlapOf(rule, wanted) ?? []),
  };
}

const isSameTrigger = (a: TriggerRule, b: TriggerRule): boolean =>
  a.prefix === b.prefix && a.suffix === b.suffix && String([...a.events].sort()) === String([...b.events].sort());
