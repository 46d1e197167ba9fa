import { decodeFilterValue, encodeFilterValue } from './filter-value';
import type { TriggerRule } from './trigger-rule';

/** A rule as GetBucketNotificationConfiguration answers and PutBucketNotificationConfiguration takes it. */
export interface RuleConfiguration {
  readonly Id?: string | undefined;
  readonly Events?: readonly string[] | undefined;
  readonly Filter?:
    | {
        readonly Key?:
          | {
              readonly FilterRules?:
                | readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[]
                | undefined;
            }
          | undefined;
      }
    | undefined;
  readonly TopicArn?: string | undefined;
  readonly QueueArn?: string | undefined;
  readonly LambdaFunctionArn?: string | undefined;
}

export interface NotificationConfiguration {
  readonly TopicConfigurations?: readonly RuleConfiguration[] | undefined;
  readonly QueueConfigurations?: readonly RuleConfiguration[] | undefined;
  readonly LambdaFunctionConfigurations?: readonly RuleConfiguration[] | undefined;
  /** There, and empty: the switch is on. */
  readonly EventBridgeConfiguration?: object | undefined;
}

export type DestinationKind = 'topic' | 'queue' | 'function';

/** A rule on a bucket; its `name` says what a person would look for. */
export interface BucketRule extends TriggerRule {
  readonly id: string;
  readonly kind: DestinationKind;
  readonly arn: string;
  /** As S3 gave it, and as it goes back: whatever is in it that nobody here knows of is kept. */
  readonly given: RuleConfiguration;
}

/** The one notification configuration of a bucket, which S3 replaces as a whole. */
export interface BucketRules {
  readonly rules: readonly BucketRule[];
  readonly eventBridge: boolean;
}

const MEMBERS = {
  topic: ['TopicConfigurations', 'TopicArn'],
  queue: ['QueueConfigurations', 'QueueArn'],
  function: ['LambdaFunctionConfigurations', 'LambdaFunctionArn'],
} as const satisfies Record<DestinationKind, readonly [keyof NotificationConfiguration, keyof RuleConfiguration]>;

const KINDS: readonly DestinationKind[] = ['topic', 'queue', 'function'];

export function readRules(configuration: NotificationConfiguration): BucketRules {
  const rules = KINDS.flatMap((kind) => (configuration[MEMBERS[kind][0]] ?? []).map((given) => readRule(kind, given)));
  return { rules, eventBridge: configuration.EventBridgeConfiguration !== undefined };
}

function readRule(kind: DestinationKind, given: RuleConfiguration): BucketRule {
  const id = given.Id ?? '';
  const arn = given[MEMBERS[kind][1]] ?? '';
  return {
    id,
    kind,
    arn,
    given,
    name: `rule "${id}" (${kind} ${arn})`,
    events: given.Events ?? [],
    prefix: filterOf(given, 'prefix'),
    suffix: filterOf(given, 'suffix'),
  };
}

/** S3 gives `Prefix` back where `prefix` was put. */
function filterOf(given: RuleConfiguration, name: string): string {
  const rules = given.Filter?.Key?.FilterRules ?? [];
  return decodeFilterValue(rules.find((rule) => rule.Name?.toLowerCase() === name)?.Value ?? '');
}

/** A rule that is to be put. */
export function newRule(
  id: string,
  trigger: Omit<TriggerRule, 'name'>,
  destination: { readonly kind: DestinationKind; readonly arn: string },
): BucketRule {
  const filters = [
    ...(trigger.prefix === '' ? [] : [{ Name: 'prefix', Value: encodeFilterValue(trigger.prefix) }]),
    ...(trigger.suffix === '' ? [] : [{ Name: 'suffix', Value: encodeFilterValue(trigger.suffix) }]),
  ];
  return readRule(destination.kind, {
    Id: id,
    [MEMBERS[destination.kind][1]]: destination.arn,
    Events: trigger.events,
    ...(filters.length === 0 ? {} : { Filter: { Key: { FilterRules: filters } } }),
  });
}

export function writeRules({ rules, eventBridge }: BucketRules): NotificationConfiguration {
  const lists = KINDS.flatMap((kind) => {
    const ofKind = rules.filter((rule) => rule.kind === kind).map((rule) => rule.given);
    return ofKind.length === 0 ? [] : [[MEMBERS[kind][0], ofKind] as const];
  });
  return { ...Object.fromEntries(lists), ...(eventBridge ? { EventBridgeConfiguration: {} } : {}) };
}

/** Whether two rules mean the same; S3 keeps neither the order of events nor the spelling of filter names. */
export function isSameRule(a: BucketRule, b: BucketRule): boolean {
  return meaning(a) === meaning(b);
}

const meaning = ({ id, kind, arn, events, prefix, suffix }: BucketRule): string =>
  JSON.stringify([id, kind, arn, [...events].sort(), prefix, suffix]);
