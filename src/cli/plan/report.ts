import { findingLines } from '../check/report';
import { bold, dim, green, plural, red, short, table, yellow } from '../look';
import type { LiveBucket, LiveModel } from './live';
import type { PlannedModel } from './plan';

/** How people see a plan. */
export function planText(models: readonly PlannedModel[], live: readonly LiveBucket[] | null): string {
  const rows = models.flatMap(({ model, triggers, sinks }) =>
    triggers.length === 0
      ? [[model, '', '', '', red('none'), sinks.join(', ')]]
      : triggers.map(({ of, bucket, bucketId, rule, trigger }) => [
          nameOf(model, of),
          bucket ?? bucketId,
          rule.prefix,
          rule.suffix,
          trigger,
          sinks.join(', '),
        ]),
  );
  const lines = [table(['model', 'bucket', 'prefix', 'suffix', 'trigger', 'sinks'], rows)];
  for (const { model, file, parts } of models)
    if (parts.length > 0) lines.push('', bold(`${model} (${file})`), ...parts.map((part) => `  ${part}`));
  for (const bucket of live ?? []) lines.push('', ...bucketLines(bucket));
  const findings = models.flatMap(({ file, findings: own }) => own.flatMap((found) => findingLines(file, found)));
  if (findings.length > 0) lines.push('', ...findings);
  return `${lines.join('\n')}\n`;
}

function bucketLines({ bucket, now, models }: LiveBucket): string[] {
  if (now === null) return [bold(`bucket ${bucket}: does not exist yet`)];
  const { eventBridge, rules } = now;
  const title = bold(
    `bucket ${bucket}: ${plural(rules.length, 'notification rule')}, EventBridge ${eventBridge ? 'on' : 'off'}`,
  );
  const rows = rules.map((rule) => [
    short(rule.id, 50),
    rule.model === null ? 'others' : `capture-relay: ${short(rule.model, 63)}`,
    `${rule.kind} ${short(rule.arn.split(':').at(-1) ?? '', 50)}`,
    rule.events.join(', '),
    short(rule.prefix, 60),
    short(rule.suffix, 20),
  ]);
  return [
    title,
    ...(rows.length === 0 ? [] : [table(['id', 'made by', 'destination', 'events', 'prefix', 'suffix'], rows)]),
    ...models.flatMap((model) => modelLines(model, eventBridge)),
  ];
}

function modelLines({ model, of, rule, overlaps }: LiveModel, isEventBridgeOn: boolean): string[] {
  const words: Record<LiveModel['rule'], string> = {
    present: green('its rule is there'),
    missing: yellow('its rule is not there yet; a deploy adds it'),
    different: yellow('its rule is there with another filter; a deploy replaces it'),
    none: isEventBridgeOn
      ? green('EventBridge is on')
      : yellow('EventBridge is off; a deploy switches it on, and leaves all rules as they are'),
  };
  return [
    `${nameOf(model, of)}: ${words[rule]}`,
    ...overlaps.flatMap(({ first, events, key }) => [
      `${red('overlap')}: ${nameOf(model, of)} and ${short(first.name, 300)} would both take ${short(key, 1100)} (${events.join(', ')})`,
      dim('  do: narrow the prefix or suffix of one, remove the other rule, or set capture.trigger: eventbridge'),
    ]),
  ];
}

const nameOf = (model: string, of: LiveModel['of']): string => (of === 'endpoint' ? model : `${model} (${of})`);
