import * as fc from 'fast-check';
import { decodeFilterValue, encodeFilterValue } from '../../../lib/notifications/filter-value';
import { isOwnedBy, nameInRuleId, ownerIdOf, ruleIdOf } from '../../../lib/notifications/owner';
import { isSameRule, newRule, readRules, writeRules } from '../../../lib/notifications/rules';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:captured';
const created = { events: ['s3:ObjectCreated:*'], prefix: 'cap/a b/dt=1/', suffix: '.jsonl' };

describe('rules of a bucket', () => {
  const answer = {
    TopicConfigurations: [{ Id: 't', TopicArn: 'arn:t', Events: ['s3:ObjectRemoved:*'] }],
    QueueConfigurations: [
      {
        Id: 'q',
        QueueArn: QUEUE,
        Events: ['s3:ObjectCreated:Put'],
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'Suffix', Value: '.csv' },
              { Name: 'prefix', Value: 'a+b/dt%3D1/' },
            ],
          },
        },
      },
    ],
    LambdaFunctionConfigurations: [{ Id: 'l', LambdaFunctionArn: 'arn:l', Events: [], LaterMember: 1 }],
    EventBridgeConfiguration: {},
    $metadata: { httpStatusCode: 200 },
  };

  test('are read with the texts that keys have, whichever way names and values are spelt', () => {
    const read = readRules(answer);

    expect(read.eventBridge).toBe(true);
    expect(read.rules.map(({ id, kind, arn, prefix, suffix }) => [id, kind, arn, prefix, suffix])).toEqual([
      ['t', 'topic', 'arn:t', '', ''],
      ['q', 'queue', QUEUE, 'a b/dt=1/', '.csv'],
      ['l', 'function', 'arn:l', '', ''],
    ]);
  });

  test('go back exactly as they came, members nobody knows among them, and nothing else', () => {
    const { $metadata: _, ...configuration } = answer;

    expect(writeRules(readRules(answer))).toEqual(configuration);
    expect(writeRules(readRules({}))).toEqual({});
  });

  test('that are new are written as S3 wants filters: encoded, and without empty ones', () => {
    const rule = newRule('id', created, { kind: 'queue', arn: QUEUE });
    const bare = newRule('id', { events: ['e'], prefix: '', suffix: '' }, { kind: 'topic', arn: 'arn:t' });

    expect(rule.given.Filter?.Key?.FilterRules).toEqual([
      { Name: 'prefix', Value: 'cap/a+b/dt%3D1/' },
      { Name: 'suffix', Value: '.jsonl' },
    ]);
    expect(rule.prefix).toBe('cap/a b/dt=1/');
    expect(bare.given).toEqual({ Id: 'id', TopicArn: 'arn:t', Events: ['e'] });
  });

  test.each([
    ['id', newRule('other', created, { kind: 'queue', arn: QUEUE })],
    ['destination', newRule('id', created, { kind: 'queue', arn: 'arn:other' })],
    ['kind of destination', newRule('id', created, { kind: 'topic', arn: QUEUE })],
    ['prefix', newRule('id', { ...created, prefix: 'x/' }, { kind: 'queue', arn: QUEUE })],
    ['suffix', newRule('id', { ...created, suffix: '' }, { kind: 'queue', arn: QUEUE })],
    ['events', newRule('id', { ...created, events: ['s3:ObjectCreated:Put'] }, { kind: 'queue', arn: QUEUE })],
  ])('differ by their %s', (_, other) => {
    expect(isSameRule(newRule('id', created, { kind: 'queue', arn: QUEUE }), other)).toBe(false);
  });

  test('are the same in another order of events', () => {
    const [one, other] = [
      ['a', 'b'],
      ['b', 'a'],
    ].map((events) => newRule('id', { ...created, events }, { kind: 'queue', arn: QUEUE }));

    expect(one !== undefined && other !== undefined && isSameRule(one, other)).toBe(true);
  });
});

test('a filter value is read back as the text it was written for, in letters that S3 takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const value = encodeFilterValue(text);

      expect(decodeFilterValue(value)).toBe(text);
      expect(value).toMatch(/^[\w!.*'()/+%-]*$/);
    }),
  );
});

test('a filter value that is no encoding means itself', () => {
  expect(decodeFilterValue('100%/a')).toBe('100%/a');
});

describe('the owner of rules', () => {
  const stack = 'arn:aws:cloudformation:us-east-1:111111111111:stack/CreditRisk/uuid-1';
  const owner = ownerIdOf(stack, 'Notifications');

  test('is the same for a stack that was made again under its name', () => {
    expect(ownerIdOf(stack.replace('uuid-1', 'uuid-2'), 'Notifications')).toBe(owner);
  });

  test.each([
    ['another resource', stack, 'Notifications2'],
    ['another stack', stack.replace('CreditRisk', 'CreditRisk2'), 'Notifications'],
    ['another account', stack.replace('111111111111', '222222222222'), 'Notifications'],
  ])('of %s is another, and none begins with the other', (_, stackId, logicalId) => {
    const other = ownerIdOf(stackId, logicalId);

    expect(isOwnedBy(ruleIdOf(other, 'credit-risk'), owner)).toBe(false);
    expect(isOwnedBy(ruleIdOf(owner, 'credit-risk'), owner)).toBe(true);
  });

  test('gives ids that hold the name, and that nobody else has', () => {
    expect([ruleIdOf(owner, 'credit-risk'), 'capture-relay-mine', ''].map(nameInRuleId)).toEqual([
      'credit-risk',
      null,
      null,
    ]);
  });
});
