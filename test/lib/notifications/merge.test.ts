import { merge, type RulesRequest } from '../../../lib/notifications/merge';
import { ruleIdOf } from '../../../lib/notifications/owner';
import { type BucketRule, newRule } from '../../../lib/notifications/rules';

const OWNER = 'capture-relay-0123456789abcdef';
const QUEUE = { kind: 'queue', arn: 'arn:aws:sqs:us-east-1:000000000000:captured' } as const;
const ruleFor = (id: string, prefix: string, suffix = '.jsonl'): BucketRule =>
  newRule(id, { events: ['s3:ObjectCreated:*'], prefix, suffix }, QUEUE);
const own = (prefix: string, name = 'credit-risk'): BucketRule => ruleFor(ruleIdOf(OWNER, name), prefix);
const request = (parts: Partial<RulesRequest> = {}): RulesRequest => ({
  type: 'Create',
  ownerId: OWNER,
  rules: [own('a/')],
  eventBridge: false,
  ...parts,
});
const foreign = [ruleFor('terraform-1', 'other/'), ruleFor('', 'unnamed/', '.csv')];

function wanted(...args: Parameters<typeof merge>) {
  const merged = merge(...args);
  if (merged.kind !== 'merged') throw new Error(merged.reason);
  return { ...merged.wanted, isChanged: merged.isChanged };
}

const reason = (...args: Parameters<typeof merge>): string => {
  const merged = merge(...args);
  return merged.kind === 'refused' ? merged.reason : 'not refused';
};

describe('merging', () => {
  test('a creation adds our rules behind those of others, which stay the very same', () => {
    const { rules, isChanged } = wanted({ rules: foreign, eventBridge: false }, request());

    expect(rules.slice(0, 2).map((rule, at) => rule === foreign[at])).toEqual([true, true]);
    expect([rules[2]?.prefix, rules.length, isChanged]).toEqual(['a/', 3, true]);
  });

  test('an update replaces our former rules, also by such as overlap them', () => {
    const current = { rules: [own('a/'), ...foreign, own('b/', 'old')], eventBridge: false };
    const { rules } = wanted(current, request({ type: 'Update', rules: [own('a/b/')] }));

    expect(rules.map((rule) => rule.prefix)).toEqual(['other/', 'unnamed/', 'a/b/']);
  });

  test('a deletion takes off our rules alone, although others overlap or are too many', () => {
    const many = Array.from({ length: 101 }, (_, at) => ruleFor(`f${at}`, 'same/'));
    const { rules, isChanged } = wanted(
      { rules: [...many, own('a/')], eventBridge: true },
      request({ type: 'Delete' }),
    );

    expect([rules.length, isChanged]).toEqual([101, true]);
  });

  test('what is there already is no change', () => {
    const isChanged = (type: RulesRequest['type'], rules: readonly BucketRule[]): boolean =>
      wanted({ rules, eventBridge: false }, request({ type })).isChanged;

    expect([isChanged('Update', [...foreign, own('a/')]), isChanged('Delete', foreign)]).toEqual([false, false]);
    expect(isChanged('Update', [...foreign, own('b/')])).toBe(true);
  });

  test.each([
    ['Create', false, false, false],
    ['Create', false, true, true],
    ['Create', true, false, true],
    ['Update', true, false, true],
    ['Delete', true, true, true],
    ['Delete', false, true, false],
  ] as const)('%s with EventBridge %p and asked %p leaves it %p', (type, before, asked, after) => {
    expect(wanted({ rules: [], eventBridge: before }, request({ type, eventBridge: asked })).eventBridge).toBe(after);
  });

  test('refuses to overlap a rule of others, naming it and a key', () => {
    expect(reason({ rules: [ruleFor('terraform-1', '', '')], eventBridge: false }, request())).toMatch(
      /credit-risk".* and rule "terraform-1".* would both take "a\/example\.jsonl" \(s3:ObjectCreated:\*\).*narrow/,
    );
  });

  test('says of a rule in the way that another stack of capture-relay made it', () => {
    const other = ruleFor('capture-relay-ffffffffffffffff-churn', 'a/x/');

    expect(reason({ rules: [other], eventBridge: false }, request())).toMatch(/the latter is of capture-relay, too/);
    expect(reason({ rules: [], eventBridge: false }, request({ rules: [own('a/'), own('a/x/', 'two')] }))).not.toMatch(
      /the latter/,
    );
  });

  test('refuses two rules of one id', () => {
    expect(reason({ rules: [], eventBridge: false }, request({ rules: [own('a/'), own('b/')] }))).toMatch(
      /have the id/,
    );
  });

  test('takes the hundredth rule and refuses the next', () => {
    const others = (count: number) => ({
      rules: Array.from({ length: count }, (_, at) => ruleFor(`f${at}`, `f${at}/`)),
      eventBridge: false,
    });

    expect(reason(others(99), request())).toBe('not refused');
    expect(reason(others(100), request())).toMatch(/would have 101 notification rules, 100 of them made by others/);
  });
});
