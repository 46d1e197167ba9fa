import { gzipSync } from 'node:zlib';
import { readFileSync, writeFileSync } from 'node:fs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { FILE_START } from '../../src/core/progress';
import { type BatchSpan, type LedgerEntry, ledgerKey, NO_COUNTS } from '../../src/ledger/entry';
import { contentPrefix, segmentKey } from '../../src/quarantine/segment-key';
import { writeSegment } from '../../src/quarantine/segment-text';
import { BUCKET, CREDENTIALS, type RunningServer, startServer } from '../local/s3/running-server';
import { captureFileText, csv } from '../support/capture-events';
import { run } from '../support/run-cli';
import { runHere } from './run-here';
import { CAPTURE, keyIn, MODEL, StateFolder } from './state-folder';

interface Found {
  readonly file: string;
  readonly line: number;
  readonly row: number | null;
  readonly count: number | null;
  readonly partnerInferenceId: string | null;
  readonly eventId: string | null;
  readonly rejections: readonly { readonly code: string }[];
  readonly sinks: readonly {
    readonly sink: string;
    readonly state: string;
    readonly code: string | null;
    readonly why: string;
    readonly batches: readonly Record<string, unknown>[];
  }[];
}

const HOUR = '2026-09-01-14';
const AT = Date.UTC(2026, 8, 1, 14, 31, 7);

/** Line 1 one inference, line 2 three of them under a caller's id, line 3 torn, line 4 of three rows, one of them ragged. */
const TEXT = [
  captureFileText([
    { eventId: 'event-1', inferenceId: 'order-17' },
    { eventId: 'event-2', inferenceId: 'basket', input: csv('1,2\n3,4\n5,6'), output: csv('0.1\n0.2\n0.3') },
  ]),
  captureFileText([{ eventId: 'event-torn' }]).slice(0, -20),
  '\n',
  captureFileText([{ eventId: 'event-4', input: csv('1,2\n3\n5,6'), output: csv('0.1\n0.2\n0.3') }]),
].join('');

const span = (fromLine: number, toLine: number, answer: BatchSpan['answer'], first = 1, count = 1): BatchSpan => ({
  first,
  count,
  fromLine,
  toLine,
  answer,
  atMs: AT,
});

describe('capture-relay find', () => {
  let world: StateFolder;
  let path: string;
  beforeEach(() => {
    world = new StateFolder(['arthur', 'lake']);
    path = world.capture(keyIn(HOUR, 'a'), TEXT);
  });
  afterEach(() => world.remove());

  const args = (id: string, ...more: readonly string[]): string[] => [
    'find',
    id,
    ...world.options(),
    '--captures',
    world.captures,
    ...more,
  ];
  async function found(id: string, ...more: readonly string[]): Promise<Found[]> {
    const { stdout, exitCode } = await runHere(...args(id, '--json', ...more));
    const lines = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { found?: Found }]));
    const hits = lines.flatMap((line) => line.found ?? []);

    expect(exitCode).toBe(hits.length > 0 ? 0 : 1);
    return hits;
  }
  const stateOf = async (id: string, sink = 'arthur'): Promise<unknown> =>
    (await found(id))[0]?.sinks.find((each) => each.sink === sink);

  /** Refused rows, as a run leaves them; the ledger counts them. */
  async function quarantine(
    line: number,
    rows: readonly [number, number][] | null,
    code: string,
    entry: LedgerEntry,
  ): Promise<void> {
    const { bucket, key } = entry;
    const source = { bucket, key, versionId: null, eTag: 'e' };
    const byteOffset = TEXT.split('\n')
      .slice(0, line - 1)
      .reduce((sum, each) => sum + each.length + 1, 0);
    const refusal = {
      rows,
      stage: 'deliver' as const,
      code,
      reason: 'the partner refused it',
      partnerInferenceId: null,
      decoderVersion: '0',
    };
    const text = writeSegment([
      {
        line,
        byteOffset,
        byteLength: 10,
        source,
        generation: 0,
        countedAs: 'event',
        original: null,
        originalMissing: 'a test',
        refusals: [refusal],
      },
    ]);
    await world.store.put(
      segmentKey(contentPrefix({ model: MODEL, sink: 'arthur', contentOrdinal: 0 }, entry), 0),
      text,
      'any',
    );
  }

  test('prints where an inference stands and what became of it at every sink, and ends with 0', async () => {
    await world.entry(keyIn(HOUR, 'a'), { batches: [span(1, 1, 'delivered'), span(2, 2, 'accepted', 2)] });
    await world.entry(keyIn(HOUR, 'a'), {}, 'lake');
    const { stdout, exitCode } = await run(...args('order-17'));

    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `${path}, line 1\npartner inference id order-17, event id event-1, inference id order-17, 2026-09-01T12:00:00Z\n`,
    );
    expect(stdout).toMatch(/│ arthur +│ delivered +│ 1 +│ delivered +│ 2026-09-01 14:31:07 +│/);
    expect(stdout).toMatch(/│ lake +│ skipped +│ +│ +│ +│ another production variant/);
    expect(stdout).toContain('1 place; 1 file searched');
    expect(stdout).not.toContain('\u001b');
  });

  test.each([
    ['an event id', 'event-1', { line: 1, row: 0, count: 1, partnerInferenceId: 'order-17' }],
    ['an inference id', 'order-17', { line: 1, row: 0, count: 1, partnerInferenceId: 'order-17' }],
    ['a partner inference id', 'basket_2', { line: 2, row: 2, count: 3, partnerInferenceId: 'basket_2' }],
    ['the event id of a row', 'event-2_1', { line: 2, row: 1, count: 3, partnerInferenceId: 'basket_1' }],
    ['an inference id of several rows', 'basket', { line: 2, row: null, count: 3, partnerInferenceId: null }],
    [
      'a row that could not be decoded',
      'event-4_1',
      { line: 4, row: 1, count: 3, rejections: [expect.objectContaining({ code: 'RAGGED_ROW' })] },
    ],
    [
      'a torn line that holds the text',
      'event-torn',
      { line: 3, row: null, rejections: [expect.objectContaining({ code: 'MALFORMED_LINE' })] },
    ],
  ])('finds %s', async (_, id, expected) => {
    expect(await found(id)).toEqual([expect.objectContaining({ file: path, ...expected })]);
  });

  test.each(['order', 'order-1', 'order-17_0', 'basket_3', 'event-1_0', '17'])(
    'does not take %s for an id, and ends with 1',
    async (id) => {
      expect(await found(id)).toEqual([]);
    },
  );

  test.each(['', ' '])('asks for an id where there is none: "%s"', async (id) => {
    const { stderr, exitCode } = await runHere(...args(id));

    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no id; give an event id');
  });

  test.each(['zzz', '{"schema":1}'])('says that an entry cannot be read, and ends with 2: %s', async (body) => {
    const key = ledgerKey(MODEL, 'arthur', { bucket: CAPTURE.bucket, key: CAPTURE.prefix + keyIn(HOUR, 'a') });
    await world.store.put(key, body, 'any');
    const { stdout, stderr, exitCode } = await runHere(...args('order-17'));

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${key} cannot be read`);
    expect(stdout).not.toContain('in none of the captures');
  });

  test('finds ids that JSON writes in several ways', async () => {
    const id = 'a "quoted\\ü/7';
    world.capture(
      keyIn(HOUR, 'odd'),
      captureFileText([{ eventId: 'event-odd', inferenceId: id }])
        .replace('ü', String.raw`\u00fc`)
        .replace('/7', String.raw`\/7`),
    );

    expect(await found(id)).toMatchObject([{ eventId: 'event-odd' }]);
  });

  test.each(['=', '<', '>', '&', "'", '+', '`', ']', '(', '%', '@', ';', '|', '{', ','])(
    'finds an id with %s in it where that is escaped, and where it is not',
    async (character) => {
      const id = `customer${character}42${character}7`;
      const plain = captureFileText([{ eventId: 'event-plain', inferenceId: id }]);
      const escape = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
      world.capture(keyIn(HOUR, 'plain'), plain);
      world.capture(
        keyIn(HOUR, 'odd'),
        plain.replace('event-plain', 'event-odd').replace(id, `customer${escape}42${escape}7`),
      );

      expect(new Set((await found(id)).map(({ eventId }) => eventId))).toEqual(new Set(['event-odd', 'event-plain']));
    },
  );

  test('goes on after an inference id, which callers repeat, the newest hours first; and ends with an event id', async () => {
    world.capture(keyIn('2026-09-02-03', 'b'), captureFileText([{ eventId: 'event-9', inferenceId: 'order-17' }]));
    world.capture('by-hand.jsonl', captureFileText([{ eventId: 'event-8', inferenceId: 'order-17' }]));

    expect((await found('order-17')).map(({ eventId }) => eventId)).toEqual(['event-9', 'event-1', 'event-8']);
    expect((await found('event-9')).map(({ eventId }) => eventId)).toEqual(['event-9']);
  });

  test('searches the window alone, and the hour before it', async () => {
    const hours = ['2026-09-01-12', '2026-09-01-13', '2026-09-01-15', '2026-09-01-16'];
    for (const hour of hours)
      world.capture(keyIn(hour, 'b'), captureFileText([{ eventId: `event-${hour}`, inferenceId: 'x' }]));
    const hits = await found('x', '--from', '2026-09-01T14:00', '--to', '2026-09-01T16:00');

    expect(hits.map(({ eventId }) => eventId)).toEqual(['event-2026-09-01-15', 'event-2026-09-01-13']);
  });

  test('searches packed files, a single file, and ids cut by the border of two chunks', async () => {
    writeFileSync(`${path}.gz`, gzipSync(captureFileText([{ eventId: 'packed' }])));
    const long = Array.from({ length: 6_000 }, (_, at) => ({ eventId: `long-${at}` }));
    const longPath = world.capture(keyIn(HOUR, 'long'), captureFileText(long));
    const text = readFileSync(longPath, 'utf8');
    const atBorder = /"eventId":"(long-\d+)"/.exec(text.slice((256 << 10) - 20 - 'captureData'.length))?.[1] ?? '';

    expect(await found('packed')).toMatchObject([{ line: 1 }]);
    for (const id of ['long-0', 'long-5999', atBorder, `long-${Number(atBorder.slice(5)) - 1}`])
      expect(await found(id)).toMatchObject([{ eventId: id }]);

    const { stdout } = await runHere('find', 'long-77', ...world.options(), '--captures', longPath, '--json');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ found: { file: longPath, line: 78 } });
  });

  describe('in a bucket', () => {
    const key = CAPTURE.prefix + keyIn(HOUR, 'a');
    let s3: RunningServer;
    let eTag: string;
    const environment = { ...process.env };
    beforeEach(async () => {
      s3 = await startServer();
      const put = await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: TEXT }));
      eTag = put.ETag?.replaceAll('"', '') ?? '';
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      });
    });
    afterEach(async () => {
      process.env = { ...environment };
      await s3.stop();
    });

    async function foundInBucket(): Promise<unknown> {
      const captures = ['--captures', `s3://${BUCKET}/${CAPTURE.prefix}`];
      const access = ['--endpoint-url', s3.server.url, '--region', 'us-east-1'];
      const { stdout } = await runHere('find', 'event-2', ...world.options(), ...captures, ...access, '--json');
      return JSON.parse(stdout.split('\n')[0] ?? '');
    }

    const delivered = (content: LedgerEntry['content']) =>
      world.entry(keyIn(HOUR, 'a'), { bucket: BUCKET, content, batches: [span(1, 5, 'delivered', 4, 3)] });

    test('knows its files by their own names', async () => {
      await delivered({ versionId: null, eTag, sequencer: null });

      expect(await foundInBucket()).toMatchObject({
        found: {
          file: `s3://${BUCKET}/${key}`,
          line: 2,
          sinks: [
            {
              sink: 'arthur',
              state: 'delivered',
              batches: [{ first: 4, count: 3, answer: 'delivered', at: '2026-09-01T14:31:07.000Z' }],
            },
            { sink: 'lake', state: 'not begun' },
          ],
        },
      });
    });

    test('calls nothing delivered that stands in content which the ledger does not know', async () => {
      await delivered({ versionId: null, eTag: 'before', sequencer: null });

      expect(await foundInBucket()).toMatchObject({
        found: {
          sinks: [
            { sink: 'arthur', state: 'not begun', why: expect.stringContaining('ETag before') as unknown, batches: [] },
            { sink: 'lake', state: 'not begun' },
          ],
        },
      });
    });
  });

  describe('tells of a sink', () => {
    const stop = { code: 'SINK_UNAVAILABLE', reason: '503' };

    test('that the file was not begun', async () => {
      expect(await stateOf('order-17')).toMatchObject({ state: 'not begun', batches: [] });
    });

    test('that it was accepted, and in which batch', async () => {
      await world.entry(keyIn(HOUR, 'a'), { batches: [span(1, 1, 'delivered'), span(2, 5, 'accepted', 2, 4)] });

      expect(await stateOf('basket_1')).toMatchObject({
        state: 'accepted',
        batches: [{ first: 2, count: 4, fromLine: 2, toLine: 5 }],
      });
    });

    test('that it is in quarantine, with the code', async () => {
      const entry = await world.entry(keyIn(HOUR, 'a'), { batches: [span(1, 5, 'partial')] });
      await quarantine(2, [[1, 1]], 'REFUSED_BY_PARTNER', entry);

      expect(await stateOf('basket_1')).toMatchObject({
        state: 'quarantined',
        code: 'REFUSED_BY_PARTNER',
        why: 'the partner refused it',
      });
      expect(await stateOf('basket_2')).toMatchObject({ state: 'delivered', code: null });
      expect(await stateOf('basket')).toMatchObject({
        state: 'delivered',
        why: 'but in quarantine: rows 1 (REFUSED_BY_PARTNER)',
      });
    });

    test('that all of an event is in quarantine', async () => {
      const entry = await world.entry(keyIn(HOUR, 'a'));
      await quarantine(2, [[0, 2]], 'REFUSED_BY_PARTNER', entry);

      expect(await stateOf('basket')).toMatchObject({ state: 'quarantined' });
    });

    test('that it left quarantine', async () => {
      await world.entry(keyIn(HOUR, 'a'), { batches: [span(1, 1, 'refused')] });

      expect(await stateOf('order-17')).toMatchObject({ state: 'redriven or purged' });
      expect(await stateOf('event-torn')).toMatchObject({ state: 'redriven or purged' });
    });

    test('that the file is in flight, and which of its rows are through', async () => {
      const lineTwo = { line: 2, byteOffset: TEXT.indexOf('\n') + 1, crc: 0 };
      await world.entry(keyIn(HOUR, 'a'), {
        state: 'inFlight',
        stop,
        counts: { ...NO_COUNTS, captured: 3, delivered: 3, accepted: 1 },
        batches: [span(1, 1, 'delivered'), span(2, 2, 'partial', 2)],
        progress: { ...FILE_START, ...lineTwo, runs: 'd1 -1 a1' },
      });

      expect(await stateOf('order-17')).toMatchObject({ state: 'delivered' });
      expect(await stateOf('basket_0')).toMatchObject({ state: 'delivered' });
      expect(await stateOf('basket_1')).toMatchObject({ state: 'in flight', code: 'SINK_UNAVAILABLE', why: '503' });
      expect(await stateOf('basket_2')).toMatchObject({ state: 'accepted' });
      expect(await stateOf('basket')).toMatchObject({ state: 'in flight' });
      expect(await stateOf('event-4_0')).toMatchObject({ state: 'in flight' });
    });

    test.each([
      ['gone', { state: 'gone' }],
      ['superseded', { state: 'superseded' }],
      ['quarantined', { state: 'quarantined', stop: { code: 'FILE_CRASHES', reason: '3 runs' } }],
    ] as const)('that the file is %s', async (state, change) => {
      await world.entry(keyIn(HOUR, 'a'), change);

      expect(await stateOf('order-17')).toMatchObject({ state, code: state === 'quarantined' ? 'FILE_CRASHES' : null });
    });
  });

  test.each([
    ['captures that are not there', ['--captures', '/nowhere'], /\/nowhere cannot be opened/],
    ['a state folder that is not there', ['--state', '/nowhere'], /--state \/nowhere cannot be opened/],
    ['a window without any time', ['--from', '2026-09-02', '--to', '2026-09-01'], /--from must be earlier/],
  ])('ends with 2 for %s', async (_, more, message) => {
    const { stderr, stdout, exitCode } = await runHere(...args('event-1', ...more));

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
