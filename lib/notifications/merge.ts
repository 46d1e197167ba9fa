import { type Overlap, overlapOf } from './overlap';
import { isOwnedBy, nameInRuleId } from './owner';
import { type BucketRule, type BucketRules, isSameRule } from './rules';

/** What a stack wants of a bucket's notifications. */
export interface RulesRequest {
  readonly type: 'Create' | 'Update' | 'Delete';
  /** What the ids of its own rules begin with; see owner.ts. */
  readonly ownerId: string;
  readonly rules: readonly BucketRule[];
  /** Whether EventBridge has to be on; false asks for nothing. */
  readonly eventBridge: boolean;
}

export type Merged =
  | { readonly kind: 'merged'; readonly wanted: BucketRules; readonly isChanged: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** "100 notification configurations per bucket": S3 service quotas, counted over all destinations. */
const MAX_RULES = 100;

/**
 * The configuration that S3 is to have next: every rule of others as it was, our former rules replaced. EventBridge is
 * never switched off, since nobody can tell who else depends on it. Refuses what S3 would refuse, naming a key.
 */
export function merge(current: BucketRules, request: RulesRequest): Merged {
  const foreign = current.rules.filter((rule) => !isOwnedBy(rule.id, request.ownerId));
  const own = request.type === 'Delete' ? [] : request.rules;
  const reason = refusal(foreign, own);
  if (reason !== null) return { kind: 'refused', reason };
  const isOn = current.eventBridge || (request.type !== 'Delete' && request.eventBridge);
  const wanted = { rules: [...foreign, ...own], eventBridge: isOn };
  return { kind: 'merged', wanted, isChanged: !areSame(current, wanted) };
}

function refusal(foreign: readonly BucketRule[], own: readonly BucketRule[]): string | null {
  for (const [at, rule] of own.entries()) {
    const earlier = own.slice(0, at);
    if (earlier.some((other) => other.id === rule.id))
      return `two rules of this stack have the id "${rule.id}"; give each a name of its own`;
    for (const other of [...foreign, ...earlier]) {
      const overlap = overlapOf(other, rule);
      if (overlap !== null) return overlapReason(overlap, foreign.includes(other) && nameInRuleId(other.id) !== null);
    }
  }
  const count = foreign.length + own.length;
  if (own.length > 0 && count > MAX_RULES)
    return `the bucket would have ${count} notification rules, ${foreign.length} of them made by others, and S3 takes at most ${MAX_RULES}; remove some, or use trigger: eventbridge, which has no such limit`;
  return null;
}

function overlapReason({ first, second, events, key }: Overlap, isOfAnotherRelay: boolean): string {
  const maker = isOfAnotherRelay
    ? '; the latter is of capture-relay, too: of another stack, or of this one before its resource got another logical id'
    : '';
  return `${second.name} and ${first.name} would both take "${key}" (${events.join(', ')}), and S3 refuses such rules${maker}; narrow the prefix or suffix of one, remove the other rule, or use trigger: eventbridge`;
}

/** Whether one configuration means what the other does. */
function areSame(a: BucketRules, b: BucketRules): boolean {
  return (
    a.eventBridge === b.eventBridge &&
    a.rules.length === b.rules.length &&
    a.rules.every((rule) => b.rules.some((other) => isSameRule(rule, other)))
  );
}
