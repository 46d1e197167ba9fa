import * as fc from 'fast-check';
import { type DeliveryResult, type Rejection, type Skip } from '../../src/core/types';
import { RETRY_POLICY } from '../../src/core/deliver';
import { runWork } from '../../src/core/pipeline';
import type { Work } from '../../src/core/work';
import { slot } from '../../src/core/row-template';
import { SourceFailure } from '../../src/core/source';
import { imbalance } from '../../src/core/tally';
import { captureFileText, captureLine, csv, FILE, json } from '../support/capture-events';
import { inChunks, rulesOf } from '../support/chunks';

const TEMPLATE = {
  row: { id: slot('partnerInferenceId'), data: slot('columns') },
  open: '[',
  separator: ',',
  close: ']',
};

function work(text: string | Buffer, parts: Partial<Work> = {}) {
  const rows: string[] = [];
  const rejections: Rejection[] = [];
  const skips: Skip[] = [];
  const made: Work = {
    file: FILE,
    bytes: inChunks(Buffer.from(text), 64),
    rules: rulesOf(),
    route: { variants: null, shadow: 'exclude' },
    template: TEMPLATE,
    needsTime: 'no',
    maxInferenceBytes: 10_000,
    limits: { maxBatchInferences: 3, maxBatchBytes: 10_000 },
    delivery: {
      send: (batch): Promise<DeliveryResult> => {
        rows.push(...batch.rows);
        return Promise.resolve({ kind: 'delivered' });
      },
      retry: RETRY_POLICY,
      clock: { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 },
    },
    maxInFlight: 2,
    onRejection: (rejection) => rejections.push(rejection),
    onSkip: (skip) => skips.push(skip),
    shouldStop: () => false,
    ...parts,
  };
  const run = async () => {
    const result = await runWork(made);
    expect(imbalance(result.tally)).toEqual([]);
    expect(result.tally.quarantined).toBe(rejections.length);
    return result;
  };
  return { run, rows, rejections, skips };
}

describe('the pipeline', () => {
  test('delivers every inference of a file once and in order, and its tally adds up', async () => {
    const file = work(
      captureFileText([
        { eventId: 'a' },
        { eventId: 'b', input: csv('1,2\n3,4'), output: csv('5\n6') },
        { eventId: 'c' },
      ]),
    );
    const { tally, complete } = await file.run();

    expect(file.rows.map((row) => (JSON.parse(row) as { id: string }).id)).toEqual(['a', 'b_0', 'b_1', 'c']);
    expect([complete, tally]).toEqual([
      true,
      expect.objectContaining({ lines: 3, events: 3, captured: 4, delivered: 4 }),
    ]);
  });

  test('keeps a bad line, a bad event, a ragged row and a name that stands twice beside the stream, each with its place', async () => {
    const file = work(
      [
        captureLine({ eventId: 'good' }),
        'torn {',
        captureLine({ eventId: 'two', output: csv('1\n2') }),
        captureLine({ eventId: 'ragged', input: csv('1,2\n3\n4,5'), output: csv('1\n2\n3') }),
        captureLine({ eventId: 'clash', input: json({ score: 1 }), output: json({ score: 2 }) }),
      ].join('\n'),
    );
    const { tally } = await file.run();

    expect(file.rejections.map(({ stage, code, place, row }) => [stage, code, place.line, row])).toEqual([
      ['line', 'MALFORMED_LINE', 2, null],
      ['decode', 'COUNT_MISMATCH', 3, null],
      ['decode', 'RAGGED_ROW', 4, 1],
      ['encode', 'NAME_COLLISION', 5, 0],
    ]);
    expect(tally).toMatchObject({ captured: 7, delivered: 3, quarantined: 4, rejectedLines: 1 });
  });

  test('rejects an inference that is larger than the sink takes alone, and sends the rest', async () => {
    const file = work(
      captureFileText([{ eventId: 'small' }, { eventId: 'large', input: csv(`"${'x'.repeat(300)}",1`) }]),
      { maxInferenceBytes: 200 },
    );
    await file.run();

    expect(file.rejections).toMatchObject([{ code: 'INFERENCE_TOO_LARGE', partnerInferenceId: 'large' }]);
    expect(file.rows).toHaveLength(1);
  });

  test('counts a skipped event by the inferences that are not delivered', async () => {
    const file = work(
      captureFileText([{ invocationSource: 'ShadowExperiment', input: csv('1\n2\n3'), output: csv('1\n2\n3') }, {}]),
    );

    expect((await file.run()).tally).toMatchObject({ captured: 4, skipped: 3, delivered: 1 });
    expect(file.skips).toMatchObject([{ kind: 'shadow', inferences: 3 }]);
  });

  test.each<['only' | 'include', string[]]>([
    ['only', ['shadow']],
    ['include', ['shadow', 'production']],
  ])('with shadow: %s delivers %j', async (shadow, ids) => {
    const file = work(
      captureFileText([{ eventId: 'shadow', invocationSource: 'ShadowExperiment' }, { eventId: 'production' }]),
      { route: { variants: null, shadow } },
    );
    await file.run();

    expect(file.rows.map((row) => (JSON.parse(row) as { id: string }).id)).toEqual(ids);
  });

  test('leaves out variants the sink is not meant for', async () => {
    const file = work(captureFileText([{}]), { route: { variants: new Set(['B']), shadow: 'exclude' } });

    expect((await file.run()).tally).toMatchObject({ captured: 1, skipped: 1, delivered: 0 });
  });

  test('gives an inference without time the time of its file where the sink must have one, and counts it', async () => {
    const template = { ...TEMPLATE, row: { at: slot('inferenceTime') } };
    const file = work(
      captureFileText([
        { inferenceTime: null },
        { inferenceTime: 'yesterday' },
        { inferenceTime: '2026-09-01T12:34:56Z' },
      ]),
      { template, needsTime: 'zoned' },
    );

    expect((await file.run()).tally.keyTimes).toBe(2);
    expect(file.rows).toEqual([
      '{"at":"2026-09-01T12:00:00Z"}',
      '{"at":"2026-09-01T12:00:00Z"}',
      '{"at":"2026-09-01T12:34:56Z"}',
    ]);
  });

  test('rejects an inference without any time where the sink must have one', async () => {
    const file = work(captureFileText([{ inferenceTime: null }]), {
      file: { ...FILE, key: 'elsewhere.jsonl' },
      needsTime: 'any',
    });
    await file.run();

    expect(file.rejections).toMatchObject([{ code: 'NO_TIME' }]);
  });

  test('stops reading when the sink is misconfigured, and what was read stays in flight', async () => {
    const delivery = {
      send: (): Promise<DeliveryResult> =>
        Promise.resolve({ kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED', reason: '401' }),
      retry: RETRY_POLICY,
      clock: { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 },
    };
    const file = work(captureFileText(Array.from({ length: 50 }, () => ({}))), { delivery });
    const { tally, complete, stop } = await file.run();

    expect([complete, stop?.kind, tally.delivered, tally.quarantined]).toEqual([false, 'misconfigured', 0, 0]);
    expect(tally.inFlight).toBe(tally.captured);
    expect(tally.captured).toBeLessThan(50);
  });

  test('ends early when time is up, with everything read settled', async () => {
    let asked = 0;
    const file = work(captureFileText(Array.from({ length: 20 }, () => ({}))), { shouldStop: () => (asked += 1) > 4 });

    expect(await file.run()).toMatchObject({ complete: false, stop: null, tally: { events: 5, delivered: 5 } });
  });

  test("holds a file whose first inferences are all refused by the model's own columns, and rejects them once one passes", async () => {
    const ragged = (count: number, good: string[] = []) =>
      work(
        captureFileText(
          [...good, ...Array.from({ length: count }, (_, at) => `r${at}`)].map((eventId) => ({
            eventId,
            input: csv(good.includes(eventId) ? '1,2' : '1'),
          })),
        ),
        {
          rules: rulesOf({ input: { columns: ['a', 'b'] } }),
        },
      );
    const held = await ragged(12).run();
    const few = await ragged(9).run();
    const mixed = await ragged(12, ['good']).run();

    expect([held.stop?.code, held.complete, held.tally.quarantined, held.tally.inFlight]).toEqual([
      'SINK_REFUSES_ALL',
      false,
      0,
      10,
    ]);
    expect([few.stop, few.tally.quarantined]).toEqual([null, 9]);
    expect([mixed.stop, mixed.tally.delivered, mixed.tally.quarantined]).toEqual([null, 1, 12]);
  });

  test('whose source breaks keeps what was delivered and says why', async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(captureFileText([{ eventId: 'a' }]));
      await Promise.resolve();
      throw new SourceFailure('unavailable', 'cut off');
    }

    expect(await work('', { bytes: breaking() }).run()).toMatchObject({
      complete: false,
      source: { kind: 'unavailable' },
      tally: { delivered: 1 },
    });
  });

  test('adds up for any mixture of lines and any answers of the partner', async () => {
    const line = fc.constantFrom(
      captureLine({ eventId: 'x' }),
      captureLine({ input: csv('1\n2\n3'), output: csv('1\n2\n3') }),
      captureLine({ input: csv('1,2\n3'), output: csv('1\n2') }),
      captureLine({ output: csv('') }),
      captureLine({ invocationSource: 'ShadowExperiment' }),
      'broken',
      '',
      '{"Event":"s3:TestEvent"}',
      '{"groundTruthData":{}}',
      '[1]',
    );
    const answer = fc.constantFrom<DeliveryResult>(
      { kind: 'delivered' },
      { kind: 'accepted' },
      { kind: 'retryable', reason: 'r', waitMs: null },
      { kind: 'too-large', reason: '413' },
      { kind: 'rejected', code: 'C', reason: 'r', isolate: true },
      { kind: 'misconfigured', code: 'C', reason: 'r' },
      { kind: 'partial', rejected: [{ index: 0, code: 'C', reason: 'r' }], retry: [], reason: 'r' },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 25 }), fc.infiniteStream(answer), async (lines, answers) => {
        const delivery = {
          send: (): Promise<DeliveryResult> => Promise.resolve(answers.next().value as DeliveryResult),
          retry: RETRY_POLICY,
          clock: { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 },
        };
        await work(lines.join('\n'), { delivery }).run();
      }),
      { numRuns: 200 },
    );
  });
});
