import { applyRules, type NotificationsPort } from '../../../lib/notifications/apply';
import type { RulesRequest } from '../../../lib/notifications/merge';
import { ruleIdOf } from '../../../lib/notifications/owner';
import { newRule, type NotificationConfiguration } from '../../../lib/notifications/rules';

const OWNER = 'capture-relay-0123456789abcdef';
const OURS = ruleIdOf(OWNER, 'credit-risk');
const QUEUE = { kind: 'queue', arn: 'arn:aws:sqs:us-east-1:000000000000:captured' } as const;
const CREATED = { events: ['s3:ObjectCreated:*'], suffix: '.jsonl' };
const request = (type: RulesRequest['type'] = 'Create'): RulesRequest => ({
  type,
  ownerId: OWNER,
  rules: [newRule(OURS, { ...CREATED, prefix: 'a/' }, QUEUE)],
  eventBridge: false,
});
const foreign = (Id: string, prefix: string): NotificationConfiguration => ({
  QueueConfigurations: [newRule(Id, { ...CREATED, prefix }, QUEUE).given],
});
const ids = ({ QueueConfigurations: rules = [] }: NotificationConfiguration): string[] =>
  rules.map((rule) => rule.Id ?? '');
const failure = (name: string, message = name): Error => Object.assign(new Error(message), { name });
const NOT_VALID = 'Unable to validate the following destination configurations';

/** A bucket's configuration; `before` and `after` are what others do around a write, by its number from 1. */
class Bucket implements NotificationsPort {
  writes = 0;
  reads = 0;
  readonly waits: number[] = [];
  readonly skipped: boolean[] = [];

  constructor(
    public now: NotificationConfiguration,
    private readonly around: {
      onRead?: (read: number, bucket: Bucket) => void;
      before?: (write: number, bucket: Bucket) => void;
      after?: (write: number, bucket: Bucket) => void;
    } = {},
  ) {}

  get(): Promise<NotificationConfiguration> {
    this.reads += 1;
    return Promise.resolve().then(() => {
      this.around.onRead?.(this.reads, this);
      return structuredClone(this.now);
    });
  }

  async put(configuration: NotificationConfiguration, options: { skipDestinationValidation: boolean }): Promise<void> {
    this.writes += 1;
    await Promise.resolve();
    this.skipped.push(options.skipDestinationValidation);
    this.around.before?.(this.writes, this);
    this.now = structuredClone(configuration);
    this.around.after?.(this.writes, this);
  }

  wait(delayMs: number): Promise<void> {
    this.waits.push(delayMs);
    return Promise.resolve();
  }
}

describe('applying rules', () => {
  test('adds ours, keeps the others, and does nothing the second time', async () => {
    const bucket = new Bucket({ ...foreign('theirs', 'b/'), EventBridgeConfiguration: {} });

    const first = await applyRules(bucket, request());
    const second = await applyRules(bucket, request('Update'));

    expect([first, second]).toEqual([
      { kind: 'applied', isChanged: true, meanwhile: [] },
      { kind: 'applied', isChanged: false, meanwhile: [] },
    ]);
    expect([ids(bucket.now), bucket.now.EventBridgeConfiguration, bucket.writes]).toEqual([['theirs', OURS], {}, 1]);
    expect([bucket.waits, bucket.skipped]).toEqual([[3_000], [false]]);
  });

  test('takes ours off again, without asking whether destinations of others are there', async () => {
    const bucket = new Bucket(foreign('theirs', 'b/'));
    await applyRules(bucket, request());

    await applyRules(bucket, request('Delete'));

    expect(bucket.now).toEqual(foreign('theirs', 'b/'));
    expect(bucket.skipped).toEqual([false, true]);
  });

  test('moves to EventBridge without asking whether destinations of others are there', async () => {
    const bucket = new Bucket(foreign('theirs', 'b/'));
    await applyRules(bucket, request());

    await applyRules(bucket, { ...request('Update'), rules: [], eventBridge: true });

    expect(bucket.skipped).toEqual([false, true]);
  });

  test('writes nothing when it is refused', async () => {
    const bucket = new Bucket(foreign('theirs', 'a/b/'));

    const applied = await applyRules(bucket, request());

    expect(applied).toEqual({ kind: 'refused', reason: expect.stringContaining('a/b/example.jsonl') });
    expect(bucket.writes).toBe(0);
  });

  test('merges anew what somebody else wrote over it, and says so', async () => {
    const bucket = new Bucket(foreign('theirs', 'b/'), {
      after: (write, { now }) => {
        if (write === 1) Object.assign(now, foreign('new-of-theirs', 'c/'));
      },
    });

    const applied = await applyRules(bucket, request());

    expect(ids(bucket.now)).toEqual(['new-of-theirs', OURS]);
    expect(applied).toEqual({
      kind: 'applied',
      isChanged: true,
      meanwhile: [expect.stringMatching(/rule "theirs".* vanished/), expect.stringMatching(/credit-risk".* vanished/)],
    });
  });

  test('leaves a rule alone that others changed after its write', async () => {
    const bucket = new Bucket(foreign('theirs', 'b/'), {
      after: (write, { now }) => {
        if (write !== 1) return;
        const [, ours] = now.QueueConfigurations ?? [];
        const [changed] = foreign('theirs', 'c/').QueueConfigurations ?? [];
        Object.assign(now, { QueueConfigurations: [changed, ours] });
      },
    });

    const applied = await applyRules(bucket, request());

    expect(applied).toMatchObject({ kind: 'applied', meanwhile: [expect.stringMatching(/"theirs".* was changed/)] });
    expect([bucket.writes, ids(bucket.now)]).toEqual([1, ['theirs', OURS]]);
  });

  test('fails after three writes that somebody undid, naming the rule', async () => {
    const bucket = new Bucket(foreign('theirs', 'b/'), {
      after: (_, { now }) => void Object.assign(now, foreign('theirs', 'b/')),
    });

    const applied = await applyRules(bucket, request());

    expect(applied).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(
        /after each of 3 writes, rule "capture-relay-.*-credit-risk".* vanished; find what/,
      ),
    });
    expect([bucket.writes, ids(bucket.now)]).toEqual([3, ['theirs']]);
  });

  test('sees a deleted rule that came back, and EventBridge that went off', async () => {
    const before = { ...foreign(OURS, 'a/'), EventBridgeConfiguration: {} };
    const bucket = new Bucket(before, {
      after: (write, port) => {
        if (write === 1) port.now = foreign(OURS, 'a/');
      },
    });

    const applied = await applyRules(bucket, request('Delete'));

    expect(applied).toMatchObject({
      kind: 'applied',
      meanwhile: [expect.stringMatching(/credit-risk".* came back/), 'EventBridge was switched off'],
    });
    expect(bucket.now).toEqual({});
  });

  test('waits for an answer of S3 that is behind, and takes it for no change of others', async () => {
    let written: NotificationConfiguration = {};
    const bucket = new Bucket(foreign('theirs', 'b/'), {
      after: (_, port) => {
        written = port.now;
        port.now = foreign('theirs', 'b/');
      },
      onRead: (read, port) => {
        if (read === 4) port.now = written;
      },
    });

    const applied = await applyRules(bucket, request());

    expect(applied).toEqual({ kind: 'applied', isChanged: true, meanwhile: [] });
    expect([bucket.waits, bucket.writes]).toEqual([[500, 2_000, 3_000], 1]);
  });

  test('sees a write that was under way before its own, after it had read its own', async () => {
    const bucket = new Bucket(foreign('theirs', 'b/'), {
      onRead: (read, port) => {
        if (read === 3) port.now = foreign('late', 'c/');
      },
    });

    const applied = await applyRules(bucket, request());

    expect(applied).toMatchObject({ kind: 'applied', isChanged: true });
    expect(ids(bucket.now)).toEqual(['late', OURS]);
  });

  test.each([
    ['a destination that is not known everywhere yet', failure('InvalidArgument', NOT_VALID)],
    ['another change that is under way', failure('OperationAborted')],
  ])('waits for %s, and reads again before each write', async (_, error) => {
    const bucket = new Bucket(foreign('theirs', 'b/'), {
      before: (write, port) => {
        if (write > 3) return;
        port.now = foreign(`theirs-${write}`, 'b/');
        throw error;
      },
    });

    const applied = await applyRules(bucket, request());

    expect(applied).toMatchObject({ kind: 'applied', isChanged: true });
    expect([ids(bucket.now), bucket.waits]).toEqual([
      ['theirs-3', OURS],
      [1_000, 2_000, 4_000, 3_000],
    ]);
  });

  test('gives a destination up after 60 s, naming the destinations and what to look at', async () => {
    const bucket = new Bucket({});
    bucket.put = () => Promise.reject(failure('InvalidArgument', NOT_VALID));

    const applied = await applyRules(bucket, request());

    expect(applied).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(/Unable to validate.*policy.*:captured\)/),
    });
    expect(bucket.waits.reduce((sum, delayMs) => sum + delayMs, 0)).toBe(60_000);
  });

  test('takes a bucket that is gone for done when its rules were to go', async () => {
    const bucket = new Bucket({});
    bucket.get = () => Promise.reject(failure('NoSuchBucket'));

    await expect(applyRules(bucket, request('Delete'))).resolves.toMatchObject({ kind: 'applied', isChanged: false });
    await expect(applyRules(bucket, request())).rejects.toThrow('NoSuchBucket');
  });

  test('takes a bucket that goes while its rules are taken off for done', async () => {
    const bucket = new Bucket(foreign(OURS, 'a/'), {
      before: () => {
        throw failure('NoSuchBucket');
      },
    });

    await expect(applyRules(bucket, request('Delete'))).resolves.toMatchObject({ kind: 'applied' });
  });

  test('hands on what it cannot judge', async () => {
    const bucket = new Bucket({});
    bucket.put = () => Promise.reject(failure('AccessDenied'));

    await expect(applyRules(bucket, request())).rejects.toThrow('AccessDenied');
  });
});
