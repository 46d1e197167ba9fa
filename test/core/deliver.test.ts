import { deliverBatch, type DeliverOptions, RETRY_POLICY } from '../../src/core/deliver';
import type { DeliveryResult, Inference, InferenceBatch } from '../../src/core/types';
import { batchOf } from '../support/inferences';

/** A partner that answers from a script, and a clock that only sleeps move. */
function scripted(
  answers: readonly (DeliveryResult | ((batch: InferenceBatch) => DeliveryResult))[],
  deadlineMs = 1e9,
) {
  const sent: { ids: string[]; attempt: number }[] = [];
  const slept: number[] = [];
  let nowMs = 0;
  const options: DeliverOptions = {
    retry: RETRY_POLICY,
    clock: {
      nowMs: () => nowMs,
      deadlineMs,
      random: () => 0.5,
      sleep: async (ms) => {
        slept.push(ms);
        nowMs += ms;
        await Promise.resolve();
      },
    },
    send: async (batch) => {
      const answer = answers[Math.min(sent.length, answers.length - 1)] ?? { kind: 'delivered' };
      sent.push({ ids: batch.inferences.map((each) => each.partnerInferenceId), attempt: batch.attempt });
      return Promise.resolve(typeof answer === 'function' ? answer(batch) : answer);
    },
  };
  return { options, sent, slept };
}

const retryable = (waitMs: number | null = null): DeliveryResult => ({ kind: 'retryable', reason: 'busy', waitMs });
const refused = (isolate: boolean): DeliveryResult => ({
  kind: 'rejected',
  code: 'PARTNER_REFUSED',
  reason: 'bad',
  isolate,
});
const has =
  (id: string) =>
  (batch: InferenceBatch): boolean =>
    batch.inferences.some((each: Inference) => each.partnerInferenceId === id);

const run = async (size: number, script: ReturnType<typeof scripted>) => {
  const outcome = await deliverBatch(batchOf(size), script.options);
  // Conservation, after every delivery whatever its end.
  expect(outcome.delivered + outcome.rejected.length + outcome.undelivered).toBe(size);
  return outcome;
};

describe('delivery of a batch', () => {
  test('that is taken at once is one request', async () => {
    const script = scripted([{ kind: 'delivered' }]);

    expect(await run(3, script)).toMatchObject({ delivered: 3, accepted: 0, requests: 1, retries: 0, stop: null });
  });

  test('counts what the partner only took over as accepted', async () => {
    expect(await run(2, scripted([{ kind: 'accepted', ids: ['a', 'b'] }]))).toMatchObject({
      delivered: 2,
      accepted: 2,
      ids: ['a', 'b'],
    });
  });

  test('is tried again after a wait with jitter that doubles, and says which attempt it is', async () => {
    const script = scripted([retryable(), retryable(), retryable(), { kind: 'delivered' }]);

    expect(await run(1, script)).toMatchObject({ delivered: 1, retries: 3 });
    expect(script.slept).toEqual([250, 500, 1000]);
    expect(script.sent.map((each) => each.attempt)).toEqual([0, 1, 2, 3]);
  });

  test('waits at least as long as the partner asked', async () => {
    const script = scripted([retryable(7_000), { kind: 'delivered' }]);

    await run(1, script);

    expect(script.slept[0]).toBeGreaterThanOrEqual(7_000);
  });

  test('gives up after the attempts it has, and nothing is lost or rejected', async () => {
    expect(await run(4, scripted([retryable()]))).toMatchObject({
      delivered: 0,
      rejected: [],
      undelivered: 4,
      requests: RETRY_POLICY.maxAttempts,
      stop: { kind: 'unavailable' },
    });
  });

  test('does not begin a wait that would pass the deadline', async () => {
    const script = scripted([retryable(60_000)], 30_000);

    expect(await run(2, script)).toMatchObject({ undelivered: 2, stop: { kind: 'unavailable', waitMs: 60_000 } });
    expect(script.slept).toEqual([]);
  });

  test('answered row by row sends again only the rows that may pass, and rejects only those that will not', async () => {
    const script = scripted([
      { kind: 'partial', rejected: [{ index: 1, code: 'X', reason: 'no' }], retry: [0, 3], reason: 'r' },
      { kind: 'delivered' },
    ]);
    const outcome = await run(4, script);

    expect(script.sent[1]?.ids).toEqual(['id-0', 'id-3']);
    expect(outcome).toMatchObject({
      delivered: 3,
      rejected: [{ inference: { partnerInferenceId: 'id-1' }, code: 'X' }],
    });
  });

  test('too large for the partner is halved until it fits', async () => {
    const script = scripted([
      (batch) => (batch.inferences.length > 2 ? { kind: 'too-large', reason: '413' } : { kind: 'delivered' }),
    ]);

    expect(await run(7, script)).toMatchObject({ delivered: 7, rejected: [] });
    expect(script.sent.flatMap((each) => (each.ids.length <= 2 ? each.ids : []))).toEqual([
      'id-0',
      'id-1',
      'id-2',
      'id-3',
      'id-4',
      'id-5',
      'id-6',
    ]);
  });

  test('of one inference too large for the partner is a rejection, not a loop', async () => {
    expect(await run(1, scripted([{ kind: 'too-large', reason: '413' }]))).toMatchObject({
      rejected: [{ code: 'INFERENCE_TOO_LARGE' }],
      requests: 1,
    });
  });

  test('refused as a whole is searched for the row at fault: the neighbours are delivered', async () => {
    const script = scripted([(batch) => (has('id-613')(batch) ? refused(true) : { kind: 'delivered' })]);
    const outcome = await run(1000, script);

    expect(outcome).toMatchObject({ delivered: 999, rejected: [{ inference: { partnerInferenceId: 'id-613' } }] });
    expect(outcome.requests).toBeLessThan(25);
  });

  test('refused over and over is searched only so far', async () => {
    const outcome = await run(1000, scripted([refused(true)]));

    expect(outcome.rejected).toHaveLength(1000);
    expect(outcome.requests).toBeLessThanOrEqual(RETRY_POLICY.maxIsolationRequests + 1);
  });

  test('refused by a partner that names no row is not searched when the sink says so', async () => {
    expect(await run(5, scripted([refused(false)]))).toMatchObject({ requests: 1, rejected: { length: 5 } });
  });

  test('stops at a wrong token and keeps everything, also what was halved and not yet sent', async () => {
    const script = scripted([
      { kind: 'too-large', reason: '413' },
      { kind: 'delivered' },
      { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED', reason: '401' },
    ]);

    expect(await run(8, script)).toMatchObject({
      delivered: 4,
      undelivered: 4,
      rejected: [],
      stop: { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED' },
    });
  });

  test('says of rows it could not tell apart that they were refused together', async () => {
    const bad = new Set(Array.from({ length: 40 }, (_, at) => `id-${at * 25}`));
    const script = scripted([
      (batch) =>
        batch.inferences.some((each) => bad.has(each.partnerInferenceId)) ? refused(true) : { kind: 'delivered' },
    ]);
    const outcome = await run(1000, script);

    expect(new Set(outcome.rejected.map((each) => each.code))).toEqual(
      new Set(['PARTNER_REFUSED', 'REFUSED_TOGETHER']),
    );
    expect(
      outcome.rejected
        .filter((each) => each.code === 'PARTNER_REFUSED')
        .every((each) => bad.has(each.inference.partnerInferenceId)),
    ).toBe(true);
    expect(outcome.delivered).toBeGreaterThan(300);
  });

  test.each([
    [[{ index: 7, code: 'X', reason: 'r' }], []],
    [[], [9]],
    [[{ index: 0, code: 'X', reason: 'r' }], [0]],
    [[], [1, 1]],
  ])('throws when a sink answers for rows it was not given, or twice: %j %j', async (rejected, retry) => {
    const script = scripted([{ kind: 'partial', rejected, retry, reason: 'r' }]);

    await expect(deliverBatch(batchOf(3), script.options)).rejects.toThrow(RangeError);
  });
});
