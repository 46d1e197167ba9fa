import * as fc from 'fast-check';
import { applyRules, type NotificationsPort } from '../../../lib/notifications/apply';
import { ruleIdOf } from '../../../lib/notifications/owner';
import { newRule, type NotificationConfiguration, readRules } from '../../../lib/notifications/rules';

const QUEUE = { kind: 'queue', arn: 'arn:aws:sqs:us-east-1:000000000000:captured' } as const;
const ruleAt = (id: string, prefix: string) =>
  newRule(id, { events: ['s3:ObjectCreated:*'], prefix, suffix: '.jsonl' }, QUEUE);

/** Time that passes only when everybody waits. */
class VirtualTime {
  private nowMs = 0;
  private sleepers: { atMs: number; wake: () => void }[] = [];

  sleep(delayMs: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ atMs: this.nowMs + delayMs, wake }));
  }

  async runUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    void done.finally(() => (isDone = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return;
      this.sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.sleepers.shift();
      if (next === undefined) throw new Error('nobody waits, and nothing is done');
      this.nowMs = next.atMs;
      next.wake();
    }
  }
}

/** One bucket through a slow line: what is read or written is so somewhere within the request. */
function lineTo(
  bucket: { now: NotificationConfiguration },
  time: VirtualTime,
  delaysMs: readonly number[],
): NotificationsPort {
  let at = 0;
  const delay = (): Promise<void> => time.sleep(delaysMs[at++ % delaysMs.length] ?? 1);
  return {
    get: async () => {
      await delay();
      const found = structuredClone(bucket.now);
      await delay();
      return found;
    },
    put: async (configuration) => {
      await delay();
      bucket.now = structuredClone(configuration);
      await delay();
    },
    wait: (delayMs) => time.sleep(delayMs),
  };
}

const delays = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 4, maxLength: 12 });

test('two stacks that change one bucket at once end with the rules of both, and of everybody else', async () => {
  await fc.assert(
    fc.asyncProperty(delays, delays, fc.integer({ min: 0, max: 5_000 }), async (one, other, startMs) => {
      const time = new VirtualTime();
      const bucket = { now: { QueueConfigurations: [ruleAt('theirs', 'theirs/').given] } };
      const deploy = async (digit: string, delaysMs: readonly number[], afterMs: number) => {
        await time.sleep(afterMs);
        const ownerId = `capture-relay-${digit.repeat(16)}`;
        const rules = [ruleAt(ruleIdOf(ownerId, `model-${digit}`), `${digit}/`)];
        return applyRules(lineTo(bucket, time, delaysMs), { type: 'Create', ownerId, rules, eventBridge: false });
      };

      const both = Promise.all([deploy('1', one, 0), deploy('2', other, startMs)]);
      await time.runUntil(both);

      expect((await both).map(({ kind }) => kind)).toEqual(['applied', 'applied']);
      expect(
        readRules(bucket.now)
          .rules.map((rule) => rule.prefix)
          .sort(),
      ).toEqual(['1/', '2/', 'theirs/']);
    }),
    { numRuns: 300 },
  );
});
