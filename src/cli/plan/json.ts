import type { DeclaredTrigger } from './declared-trigger';
import type { LiveBucket } from './live';
import type { PlannedModel } from './plan';

/** 2 when nothing could be deployed like this, 1 when a bucket has rules in the way, else 0. */
export function planExitCode(models: readonly PlannedModel[], live: readonly LiveBucket[] | null): 0 | 1 | 2 {
  if (models.some(({ findings }) => findings.some((found) => found.severity === 'wrong'))) return 2;
  return (live ?? []).some((bucket) => bucket.models.some(({ overlaps }) => overlaps.length > 0)) ? 1 : 0;
}

/** How machines see a plan. */
export function planJson(models: readonly PlannedModel[], live: readonly LiveBucket[] | null): string {
  const verdict = ['fine', 'overlaps', 'wrong'][planExitCode(models, live)];
  return `${JSON.stringify({ verdict, models: models.map(modelData), live: live?.map(bucketData) ?? null }, null, 2)}\n`;
}

function modelData({ file, model, triggers, sinks, parts, findings }: PlannedModel): object {
  return { file, model, triggers: triggers.map(triggerData), sinks, deploys: parts, findings };
}

const triggerData = ({ of, trigger, bucket, store, rule }: DeclaredTrigger): object => ({
  of,
  kind: trigger,
  bucket,
  store,
  prefix: rule.prefix,
  suffix: rule.suffix,
  events: rule.events,
});

function bucketData({ bucket, now, models }: LiveBucket): object {
  return {
    bucket,
    exists: now !== null,
    eventBridge: now?.eventBridge ?? null,
    rules: (now?.rules ?? []).map(({ id, model, kind, arn, events, prefix, suffix }) => ({
      id,
      model,
      destination: { kind, arn },
      events,
      prefix,
      suffix,
    })),
    models: models.map(({ model, of, rule, overlaps }) => ({
      model,
      of,
      rule,
      overlaps: overlaps.map(({ first, events, key }) => ({ with: (first as { id?: string }).id, events, key })),
    })),
  };
}
