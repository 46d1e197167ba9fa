import { physicalIdOf, readResourceEvent, type ResourceEvent } from '../../../lib/notifications/resource-event';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:captured';
const rule = { Id: 'credit-risk', Prefix: 'a/', Suffix: '.jsonl', QueueArn: QUEUE };
const event = (parts: Partial<ResourceEvent> = {}, properties: object = {}): ResourceEvent => ({
  RequestType: 'Create',
  ResponseURL: 'http://127.0.0.1/',
  StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/CreditRisk/uuid',
  RequestId: 'request',
  LogicalResourceId: 'Notifications',
  ResourceProperties: { BucketName: 'captures', Rules: [rule], EventBridge: 'false', ...properties },
  ...parts,
});

describe("the custom resource's event", () => {
  test('becomes rules whose ids say whose they are, and what they are for', () => {
    const read = readResourceEvent(event());

    expect(read).toMatchObject({
      kind: 'request',
      bucket: 'captures',
      request: { type: 'Create', eventBridge: false },
    });
    expect(read.kind === 'request' ? read.request.rules : []).toMatchObject([
      {
        id: expect.stringMatching(/^capture-relay-[0-9a-f]{16}-credit-risk$/),
        kind: 'queue',
        arn: QUEUE,
        events: ['s3:ObjectCreated:*'],
        prefix: 'a/',
        suffix: '.jsonl',
      },
    ]);
  });

  test.each([
    ['true', true],
    [true, true],
    ['false', false],
    [undefined, false],
  ])('with EventBridge %p asks for it: %p', (EventBridge, isAsked) => {
    expect(readResourceEvent(event({}, { EventBridge }))).toMatchObject({ request: { eventBridge: isAsked } });
  });

  test('takes a topic, events of its own, and no rule at all', () => {
    const topic = { Id: 't', Events: ['s3:ObjectCreated:Put'], TopicArn: 'arn:t' };

    expect(readResourceEvent(event({}, { Rules: [topic] }))).toMatchObject({
      request: { rules: [{ kind: 'topic', arn: 'arn:t', events: ['s3:ObjectCreated:Put'], prefix: '', suffix: '' }] },
    });
    expect(readResourceEvent(event({}, { Rules: [] }))).toMatchObject({ request: { rules: [] } });
  });

  test.each([
    [{ BucketName: undefined }, 'BucketName is missing'],
    [{ Rules: 'none' }, 'Rules must be a list'],
    [{ Rules: [{ ...rule, Id: '' }] }, 'Rules[0].Id is missing'],
    [{ Rules: [rule, { ...rule, TopicArn: 'arn:t' }] }, 'Rules[1] must have either QueueArn or TopicArn'],
    [{ Rules: [{ Id: 'x' }] }, 'Rules[0] must have either QueueArn or TopicArn'],
    [
      { Rules: [{ ...rule, Events: [] }, null] },
      'Rules[0].Events must be a list of event types; Rules[1].Id is missing',
    ],
    [{ Rules: [{ ...rule, Prefix: 5 }] }, 'Rules[0].Prefix and Rules[0].Suffix must be texts'],
  ])('with %j is invalid', (properties, reason) => {
    expect(readResourceEvent(event({}, properties))).toEqual({ kind: 'invalid', reason });
  });
});

describe('the physical id', () => {
  const created = physicalIdOf(event());

  test('stays for the same bucket and changes with it', () => {
    const moved = physicalIdOf(event({ RequestType: 'Update', PhysicalResourceId: created }, { BucketName: 'others' }));

    expect(physicalIdOf(event({ RequestType: 'Update', PhysicalResourceId: created }, { Rules: [] }))).toBe(created);
    expect(moved).toBe(created.replace('captures:', 'others:'));
  });

  test('says which bucket to clean, whatever the properties say by then', () => {
    const former = event({ RequestType: 'Delete', PhysicalResourceId: created }, { BucketName: 'others' });

    expect(readResourceEvent(former)).toMatchObject({ bucket: 'captures', request: { type: 'Delete', rules: [] } });
    expect(physicalIdOf(former)).toBe(created);
  });

  test('that CloudFormation made up, after a creation without an answer, is cleaned by the properties', () => {
    const made = event({ RequestType: 'Delete', PhysicalResourceId: 'CreditRisk-Notifications-1ABC' });

    expect(readResourceEvent(made)).toMatchObject({ kind: 'request', bucket: 'captures' });
    expect(physicalIdOf(made)).toBe('CreditRisk-Notifications-1ABC');
  });

  test('is there for a resource without any properties', () => {
    const { ResourceProperties: _, ...bare } = event();

    expect(physicalIdOf(bare)).toMatch(/^no-bucket:capture-relay-/);
    expect(readResourceEvent(bare)).toEqual({ kind: 'invalid', reason: 'BucketName is missing' });
  });
});
