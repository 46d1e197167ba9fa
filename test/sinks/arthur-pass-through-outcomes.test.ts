import { RETRY_POLICY } from '../../src/core/deliver';
import { type PassResult, passThrough, type PassThroughWork } from '../../src/core/pass-through';
import { runWork } from '../../src/core/pipeline';
import { SourceFailure } from '../../src/core/source';
import { imbalance, type TallyCounts } from '../../src/core/tally';
import type { Rejection, Skip } from '../../src/core/types';
import { readByGuide } from '../../src/sinks/arthur/guide-decoder';
import { captureFileText, captureLine, csv, FILE } from '../support/capture-events';
import { inChunks, rulesOf } from '../support/chunks';

/** Lines of 1, 2 and 1 inferences. */
const THREE = captureFileText([
  { eventId: 'a' },
  { eventId: 'b', input: csv('1\n2'), output: csv('3\n4') },
  { eventId: 'c' },
]);

async function run(content: string | Buffer, result: PassResult, parts: Partial<PassThroughWork> = {}) {
  const rejections: Rejection[] = [];
  const skips: Skip[] = [];
  const lines: string[] = [];
  const done = await passThrough({
    file: FILE,
    bytes: inChunks(Buffer.from(content), 64),
    rules: rulesOf(),
    route: { variants: null, shadow: 'exclude' },
    sink: {
      read: readByGuide,
      send: async (upload) => {
        try {
          for await (const line of upload.lines) lines.push(Buffer.from(line).toString());
        } catch (error) {
          return { kind: 'retryable', reason: String(error), waitMs: null };
        }
        return result;
      },
    },
    signal: new AbortController().signal,
    onRejection: (rejection) => rejections.push(rejection),
    onSkip: (skip) => skips.push(skip),
    shouldStop: () => false,
    ...parts,
  });
  expect(imbalance(done.tally)).toEqual([]);
  expect(done.tally.quarantined).toBe(rejections.length);
  return { ...done, rejections, skips, lines };
}

describe('what becomes of a file that was passed through', () => {
  const row = { code: 'PARTNER_REFUSED_ROW', reason: 'why' };

  test.each<[string, PassResult, Partial<TallyCounts>]>([
    ['accepted', { kind: 'accepted' }, { delivered: 4, accepted: 4 }],
    [
      'a refused line',
      { kind: 'partial', rejected: [{ index: 1, ...row }], retry: [], reason: '' },
      { delivered: 2, accepted: 2, quarantined: 2 },
    ],
    [
      'a line to send again',
      { kind: 'partial', rejected: [], retry: [0], reason: 'later' },
      { delivered: 3, accepted: 3, inFlight: 1 },
    ],
    ['refused', { kind: 'rejected', ...row, isolate: false }, { delivered: 0, quarantined: 4 }],
    ['unknown', { kind: 'retryable', reason: '', waitMs: 5 }, { delivered: 0, inFlight: 4 }],
    ['misconfigured', { kind: 'misconfigured', ...row }, { delivered: 0, inFlight: 4 }],
  ])('%s: every inference is counted once', async (_, result, counts) => {
    const { tally, complete } = await run(THREE, result);

    expect(tally).toMatchObject({ captured: 4, requests: 1, ...counts });
    expect(complete).toBe(tally.inFlight === 0);
  });

  test('a refused line is told by its own place, once for each of its inferences', async () => {
    const { rejections } = await run(`\n${THREE}`, {
      kind: 'partial',
      rejected: [{ index: 1, ...row }],
      retry: [],
      reason: '',
    });

    expect(rejections).toMatchObject([
      { stage: 'deliver', ...row, place: { line: 3, byteOffset: 1 + THREE.indexOf('\n') + 1 }, row: 0 },
      { stage: 'deliver', ...row, place: { line: 3 }, row: 1 },
    ]);
  });

  test('lines are handed over as they came, each with one newline', async () => {
    const odd = `{ ${captureLine().slice(1)}`;
    const { lines } = await run(`${odd}\r\n\n${captureLine()}`, { kind: 'accepted' });

    expect(lines).toEqual([`${odd}\n`, `${captureLine()}\n`]);
  });

  test('a run that is out of time cuts the request and leaves what it handed over in flight', async () => {
    let asked = 0;
    const { tally, complete, stop, source } = await run(
      THREE,
      { kind: 'accepted' },
      { shouldStop: () => (asked += 1) > 2 },
    );

    expect([complete, stop, source]).toEqual([false, null, null]);
    expect(tally).toMatchObject({ captured: 3, inFlight: 3, delivered: 0 });
  });

  test('an unreadable file makes no request', async () => {
    const failure = new SourceFailure('gone', 'gone');
    const bytes = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };
    const { tally, source, complete } = await run('', { kind: 'accepted' }, { bytes });

    expect([source, complete, tally.requests]).toEqual([failure, false, 0]);
  });

  test('a bug in reading is thrown, not called an outage', async () => {
    const bytes = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new TypeError('bug')) }) };

    await expect(run('', { kind: 'accepted' }, { bytes })).rejects.toThrow('bug');
  });
});

describe('a file is found to hold the same, decoded here or passed through', () => {
  test.each<[string, string | Buffer]>([
    ['events of all kinds', `${THREE}\n\nnot json\n{"a":1}\n${captureLine({ invocationSource: 'ShadowExperiment' })}`],
    ['a byte order mark', `\uFEFF${THREE}`],
    ['gzip', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 10, 10]), Buffer.alloc(500, 10)])],
    ['a manifest over several lines', '[{"prefix": "s3://b/"},\n "a",\n "b"]\n'],
    ['lines after a bracket', `[\n${THREE}`],
    ['a line that is too long', `${captureLine({ customAttributes: ['x'.repeat(5_000)] })}\n${THREE}`],
    ['no end of line', captureLine()],
    ['nothing', ''],
  ])('%s', async (_, content) => {
    const rules = { ...rulesOf(), maxLineBytes: 4_000 };
    const seen: Rejection[] = [];
    const rows = await runWork({
      file: FILE,
      bytes: inChunks(Buffer.from(content), 64),
      rules,
      route: { variants: null, shadow: 'exclude' },
      template: null,
      needsTime: 'no',
      maxInferenceBytes: 1e6,
      limits: { maxBatchInferences: 10, maxBatchBytes: 1e6 },
      delivery: {
        send: () => Promise.resolve({ kind: 'accepted' as const }),
        retry: RETRY_POLICY,
        clock: { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1 },
      },
      maxInFlight: 1,
      onRejection: (rejection) => seen.push(rejection),
      onSkip: () => {},
      shouldStop: () => false,
    });
    const passed = await run(content, { kind: 'accepted' }, { rules });

    expect({ ...passed.tally, requests: 0 }).toEqual({ ...rows.tally, requests: 0 });
    expect(passed.rejections).toEqual(seen);
    expect(passed.complete).toBe(rows.complete);
  });
});
