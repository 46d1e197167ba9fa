import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { SourceFailure } from '../../src/core/source';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import type { OpenSink } from '../../src/sinks/sink';
import { base64, captureLine, csv, json } from '../support/capture-events';
import { openPassThrough, passThrough, SINGLES, text } from '../support/pass-through';

/** Lines that Arthur can read, and one of each kind that is left out. */
const MIXED = [
  `\uFEFF${captureLine({ eventId: 'one' })}`,
  'torn {',
  captureLine({ eventId: 'two', input: csv('1,2\n3,4'), output: csv('5\n6') }),
  captureLine({ eventId: 'closed', input: base64('1,2') }),
  captureLine({ eventId: 'shadow', invocationSource: 'ShadowExperiment', input: csv('1\n2'), output: csv('3\n4') }),
  '',
  captureLine({ eventId: 'chat', input: json([[1]]) }),
  captureLine({ eventId: 'last', input: json({ instances: [{ a: 1 }] }), output: csv('7') }),
].join('\n');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('an arthur sink with mode: pass-through', () => {
  let partner: ArthurStandIn;
  let opened: Awaited<ReturnType<typeof openPassThrough>>;
  let sink: OpenSink;

  beforeEach(async () => {
    // A token for raw data alone: the guide asks for no more.
    const permissions = { readAttributes: false, groundTruthWrite: false, readUser: false };
    partner = await startArthur({ token: 'a-token', models: demoArthurModels(), permissions });
    opened = await openPassThrough(partner.url);
    ({ sink } = opened);
  });
  afterEach(async () => {
    await sink.close();
    await partner.close();
  });
  const ids = () => partner.stored(ARTHUR_OPEN_ID).map(({ id, via }) => `${via} ${id}`);

  test('hands over what Arthur can read and tells the rest by its place, in one request', async () => {
    const { tally, complete, rejections } = await passThrough(opened, text(MIXED));

    expect(ids()).toEqual(['one', 'two_0', 'two_1', 'last'].map((id) => `data-capture ${id}`));
    expect(rejections.map(({ stage, code, place }) => [stage, code, place.line])).toEqual([
      ['line', 'MALFORMED_LINE', 2],
      ['encode', 'PASS_THROUGH_UNREADABLE', 4],
      ['encode', 'PASS_THROUGH_UNREADABLE', 7],
    ]);
    expect(complete).toBe(true);
    expect(tally).toMatchObject({
      lines: 7,
      events: 6,
      captured: 9,
      delivered: 4,
      accepted: 4,
      quarantined: 3,
      skipped: 2,
    });
    expect([tally.requests, partner.requests]).toEqual([1, 1]);
  });

  test('makes no request for a file that holds nothing for Arthur', async () => {
    const { tally, complete } = await passThrough(opened, text(`torn {\n${captureLine({ input: base64('1') })}\n`));

    expect([complete, tally.captured, tally.quarantined, partner.requests]).toEqual([true, 2, 2, 0]);
  });

  test.each<[string, Parameters<ArthurStandIn['faults']['add']>[0]['fault'], string]>([
    ['a reset before anything was stored', { kind: 'reset', stored: false }, 'SINK_UNAVAILABLE'],
    ['a reset after everything was stored', { kind: 'reset', stored: true }, 'SINK_UNAVAILABLE'],
    ['503', { kind: 'status', status: 503, retryAfter: 7 }, 'SINK_UNAVAILABLE'],
    ['a page with status 200', { kind: 'wrong-content', content: 'html' }, 'SINK_UNAVAILABLE'],
    ['half an answer', { kind: 'wrong-content', content: 'truncated-json' }, 'SINK_UNAVAILABLE'],
    ['413', { kind: 'status', status: 413 }, 'SINK_MISCONFIGURED'],
    ['403', { kind: 'status', status: 403 }, 'SINK_TOKEN_REFUSED'],
    ['404', { kind: 'status', status: 404 }, 'SINK_NOT_FOUND'],
  ])('leaves the whole file in flight after %s', async (_, fault, code) => {
    partner.faults.add({ fault });
    const { tally, complete, stop } = await passThrough(opened, text(SINGLES));

    expect([complete, stop?.code]).toEqual([false, code]);
    expect(tally).toMatchObject({ captured: 3, inFlight: 3, delivered: 0, requests: 1 });
  });

  test('keeps the wait that a partner asks for', async () => {
    partner.faults.add({ fault: { kind: 'status', status: 429, retryAfter: 7 } });

    expect((await passThrough(opened, text(SINGLES))).stop).toMatchObject({ kind: 'unavailable', waitMs: 7_000 });
  });

  test('counts a file refused with 400 as refused, inference by inference', async () => {
    partner.faults.add({ fault: { kind: 'status', status: 400 } });
    const { tally, rejections } = await passThrough(opened, text(MIXED));
    const refused = rejections.filter(({ code }) => code === 'PARTNER_REFUSED');

    expect(refused.map(({ place, row }) => [place.line, row])).toEqual([
      [1, 0],
      [3, 0],
      [3, 1],
      [8, 0],
    ]);
    expect(tally).toMatchObject({ delivered: 0, inFlight: 0 });
  });

  test('cuts the request when the file cannot be read on, so that half a file is never stored', async () => {
    const failure = new SourceFailure('unavailable', 'cut');
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      yield* text(SINGLES);
      await Promise.resolve();
      throw failure;
    };
    const { tally, complete, source, stop } = await passThrough(opened, bytes());

    expect([complete, source, stop]).toEqual([false, failure, null]);
    expect(tally).toMatchObject({ captured: 3, inFlight: 3, delivered: 0 });
    expect(ids()).toEqual([]);
  });

  test('closes its source when the partner cannot be reached', async () => {
    await partner.close();
    let isClosed = false;
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* text(SINGLES.repeat(1_000));
      } finally {
        isClosed = true;
      }
    };
    const { stop } = await passThrough(opened, bytes());

    expect([stop?.code, isClosed]).toEqual(['SINK_UNAVAILABLE', true]);
  });

  test('takes a file of 64 MB without holding it', async () => {
    partner.keep = 'counts';
    const line = Buffer.from(`${captureLine({ input: csv(`"${'x'.repeat(64_000)}",1`) })}\n`);
    const lines = Math.ceil((64 << 20) / line.length);
    let peakBytes = 0;
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < lines; at += 1) {
        // What is garbage already must not count: a busy machine collects late.
        if (at % 100 === 0) collectGarbage();
        if (at % 100 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers);
        yield Buffer.from(line);
        await Promise.resolve();
      }
    };
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const { tally } = await passThrough(opened, bytes());

    expect(tally).toMatchObject({ captured: lines, delivered: lines });
    expect(partner.tally(ARTHUR_OPEN_ID).rows).toBe(lines);
    expect(peakBytes - before).toBeLessThan(48 << 20);
  });
});
