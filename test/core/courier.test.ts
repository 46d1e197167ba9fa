import { Courier } from '../../src/core/courier';
import { type BatchOutcome, RETRY_POLICY } from '../../src/core/deliver';
import type { DeliveryResult, InferenceBatch } from '../../src/core/types';
import { batchOf } from '../support/inferences';

function courier(send: (batch: InferenceBatch) => Promise<DeliveryResult>, maxInFlight: number) {
  const outcomes: BatchOutcome[] = [];
  const clock = { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 };
  return {
    courier: new Courier({
      delivery: { send, retry: RETRY_POLICY, clock },
      maxInFlight,
      onOutcome: (outcome) => outcomes.push(outcome),
    }),
    outcomes,
  };
}

describe('the courier', () => {
  test('keeps so many requests in flight and makes the reader wait for the next place', async () => {
    const open: (() => void)[] = [];
    const made = courier(() => new Promise((resolve) => open.push(() => resolve({ kind: 'delivered' }))), 2);
    let taken = 0;
    const taking = (async () => {
      for (let i = 0; i < 3; i += 1) {
        await made.courier.take(batchOf(1));
        taken += 1;
      }
    })();
    await new Promise((resolve) => setImmediate(resolve));

    expect([taken, open.length]).toEqual([2, 2]);
    open[0]?.();
    await taking;
    open.forEach((resolve) => resolve());
    await made.courier.settle();
    expect(made.outcomes.map((outcome) => outcome.delivered)).toEqual([1, 1, 1]);
  });

  test('sends nothing more after a stop, and says that it is undelivered', async () => {
    let sent = 0;
    const made = courier(() => {
      sent += 1;
      return Promise.resolve({ kind: 'misconfigured', code: 'SINK_NOT_FOUND', reason: '404' });
    }, 1);
    await made.courier.take(batchOf(2));
    await made.courier.settle();
    await made.courier.take(batchOf(3));
    await made.courier.settle();

    expect(sent).toBe(1);
    expect(made.outcomes.reduce((sum, outcome) => sum + outcome.undelivered, 0)).toBe(5);
    expect(made.courier.stop).toMatchObject({ code: 'SINK_NOT_FOUND' });
  });

  test('throws what a sink threw, because that is a bug, and leaves the batch undelivered', async () => {
    const made = courier(() => Promise.reject(new TypeError('bug')), 2);
    await made.courier.take(batchOf(2));

    await expect(made.courier.settle()).rejects.toThrow('bug');
    expect(made.outcomes).toMatchObject([{ undelivered: 2 }]);
  });

  const refusing = (): Promise<DeliveryResult> =>
    Promise.resolve({ kind: 'rejected', code: 'PARTNER_REFUSED', reason: 'bad column', isolate: true });

  test('holds a file whose first inferences are all refused: that is a wrong configuration, and nothing is thrown away', async () => {
    const made = courier(refusing, 1);
    await made.courier.take(batchOf(12));
    await made.courier.settle();

    expect(made.outcomes).toMatchObject([{ rejected: [], undelivered: 12 }]);
    expect(made.courier.stop).toMatchObject({ kind: 'misconfigured', code: 'SINK_REFUSES_ALL' });
  });

  test('looks at the first inferences of the file, not of a batch, and waits with its verdict until something passed', async () => {
    const held = courier(refusing, 1);
    for (let at = 0; at < 10; at += 1) await held.courier.take(batchOf(1));
    await held.courier.settle();
    let sent = 0;
    const passed = courier(() => ((sent += 1) < 9 ? refusing() : Promise.resolve({ kind: 'delivered' })), 1);
    for (let at = 0; at < 9; at += 1) await passed.courier.take(batchOf(1));
    await passed.courier.settle();

    expect(held.outcomes.map(({ rejected, undelivered }) => [rejected.length, undelivered])).toEqual(
      Array.from({ length: 10 }, () => [0, 1]),
    );
    expect(passed.outcomes.map(({ rejected }) => rejected.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(passed.courier.stop).toBeNull();
  });

  test('keeps the stop that one batch meets while another waits for its record', async () => {
    let record = (): void => undefined;
    const recorded = new Promise<null>((resolve) => (record = () => resolve(null)));
    let sent = 0;
    const two = new Courier({
      delivery: {
        send: () =>
          Promise.resolve(
            (sent += 1) === 1
              ? { kind: 'delivered' }
              : { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED', reason: '401' },
          ),
        retry: RETRY_POLICY,
        clock: { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 },
      },
      maxInFlight: 2,
      onOutcome: () => undefined,
      onRecord: () => recorded,
    });
    await two.take(batchOf(1));
    await two.take(batchOf(1));
    await new Promise((resolve) => setImmediate(resolve));
    record();
    await two.settle();

    expect(two.stop).toMatchObject({ code: 'SINK_TOKEN_REFUSED' });
  });

  test('keeps the place of a batch until what became of it is on record', async () => {
    let record = (): void => undefined;
    const recorded = new Promise<null>((resolve) => (record = () => resolve(null)));
    let sent = 0;
    const slow = new Courier({
      delivery: {
        send: () => Promise.resolve((sent += 1)).then(() => ({ kind: 'delivered' })),
        retry: RETRY_POLICY,
        clock: { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 },
      },
      maxInFlight: 1,
      onOutcome: () => undefined,
      onRecord: () => recorded,
    });
    await slow.take(batchOf(1));
    const second = slow.take(batchOf(1));
    await new Promise((resolve) => setImmediate(resolve));
    const sentBefore = sent;
    record();
    await second;
    await slow.settle();

    expect([sentBefore, sent]).toEqual([1, 2]);
  });

  test('rejects a run of bad inferences once others have passed, and a few bad ones at the start', async () => {
    const few = courier(refusing, 1);
    await few.courier.take(batchOf(9));
    await few.courier.settle();
    let sent = 0;
    const later = courier(() => ((sent += 1) === 1 ? Promise.resolve({ kind: 'delivered' }) : refusing()), 1);
    await later.courier.take(batchOf(3));
    await later.courier.take(batchOf(12));
    await later.courier.settle();

    expect(few.outcomes).toMatchObject([{ rejected: { length: 9 }, stop: null }]);
    expect(later.outcomes[1]).toMatchObject({ rejected: { length: 12 }, stop: null });
  });
});
