import { gzipSync } from 'node:zlib';
import { captureFileText, captureLine, csv, json } from '../support/capture-events';
import { inChunks, parseAll } from '../support/chunks';
import { readCaptureFile } from '../../src/core/capture-file';
import { FILE } from '../support/capture-events';

const text = captureFileText([
  { eventId: 'one', input: csv('1,2') },
  { eventId: 'two', input: json({ text: 'Zürich 😀 \u2028 end' }) },
  { eventId: 'three', inferenceId: 'caller', input: csv('5,6\n7,8'), output: csv('0\n1') },
]);
const bytes = Buffer.from(text);

describe('a capture file', () => {
  test('cut at every byte gives the events up to the cut, and for the rest one rejection or none', async () => {
    const lineEnds = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);

    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const wholeLines = lineEnds.filter((end) => end <= cut).length;
      const start = wholeLines === 0 ? 0 : (lineEnds[wholeLines - 1] ?? 0) + 1;
      const tailBytes = Math.max(0, cut - start);
      const parsed = await parseAll(bytes.subarray(0, cut), [1, 2, 3, 7, 100][cut % 5]);

      expect(parsed.filter((each) => each.kind === 'event')).toHaveLength(wholeLines);
      const rejections = parsed.filter((each) => each.kind === 'rejection');
      expect(rejections).toHaveLength(tailBytes === 0 ? 0 : 1);
      if (rejections[0]?.kind === 'rejection')
        expect(rejections[0].rejection.place).toMatchObject({
          line: wholeLines + 1,
          byteOffset: start,
          byteLength: tailBytes,
        });
    }
  });

  test('is read the same in chunks of any size', async () => {
    const whole = await parseAll(bytes);

    for (const size of [1, 2, 3, 7, 64, 1000]) expect(await parseAll(bytes, size)).toEqual(whole);
  });

  test('whose last line has no newline loses nothing', async () => {
    expect((await parseAll(bytes.subarray(0, -1))).filter((each) => each.kind === 'event')).toHaveLength(3);
  });

  test('with a bad line between good ones rejects that line alone, with its place', async () => {
    const parsed = await parseAll(Buffer.from(`${captureLine()}\n{"captureData": oops}\n${captureLine()}\n`));

    expect(parsed.map((each) => each.kind)).toEqual(['event', 'rejection', 'event']);
    expect(parsed[1]).toMatchObject({
      rejection: { code: 'MALFORMED_LINE', place: { line: 2, byteOffset: captureLine().length + 1, byteLength: 21 } },
    });
  });

  test('never repeats a piece of the text in a reason', async () => {
    const parsed = await parseAll(Buffer.from('{"captureData": {"secret-payload": tru}}\nnot json at all SECRET\n'));

    expect(JSON.stringify(parsed)).not.toMatch(/secret-payload|SECRET|tru}/);
  });

  test.each([
    ['INVALID_UTF8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['NOT_A_CAPTURE_EVENT', Buffer.from('{"a":1}')],
    ['NOT_A_CAPTURE_EVENT', Buffer.from('"text"')],
    ['NO_EVENT_ID', Buffer.from('{"captureData":{"endpointInput":{"data":"1","encoding":"CSV"}},"eventMetadata":{}}')],
    ['NO_PAYLOAD', Buffer.from('{"captureData":{},"eventMetadata":{"eventId":"e"}}')],
    ['MALFORMED_EVENT', Buffer.from('{"captureData":{"endpointInput":{"data":5}},"eventMetadata":{"eventId":"e"}}')],
    [
      'MALFORMED_EVENT',
      Buffer.from('{"captureData":{"endpointInput":{"data":"1"}},"eventMetadata":{"eventId":"e","inferenceId":57}}'),
    ],
    [
      'MALFORMED_EVENT',
      Buffer.from(`{"captureData":{"endpointInput":{"data":"1"}},"eventMetadata":{"eventId":"${'e'.repeat(300)}"}}`),
    ],
    ['LINE_TOO_LONG', Buffer.alloc((1 << 20) + 2, 0x20)],
    ['NOT_JSON_LINES', gzipSync(bytes)],
  ])('that is wrong is rejected as %s', async (code, content) => {
    expect(await parseAll(content)).toMatchObject([{ kind: 'rejection', rejection: { code } }]);
  });

  test.each([
    ['batch-manifest', '[{"prefix":"s3://b/out/"},"a.json.out"]', 1],
    ['batch-manifest', '\n[\n  {"prefix": "s3://b/in.jsonl"},\n  ""\n]\n', 4],
    ['test-event', '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}', 1],
    [
      'ground-truth',
      '{"groundTruthData": {"data": "0", "encoding": "CSV"}, "eventMetadata": {"eventId": "e"}, "eventVersion": "0"}',
      1,
    ],
    [
      'merged-record',
      '{"captureData":{"batchTransformOutput":{"data":"1","encoding":"CSV"}},"eventMetadata":{"eventId":"e"}}',
      1,
    ],
    [
      'batch-transform-output',
      '{"SageMakerInferenceId":"i","SageMakerInferenceTime":"2023-01-21T01:29:04Z","SageMakerOutput":{}}',
      1,
    ],
  ])('that is a %s is skipped and named', async (kind, content, lines) => {
    expect(await parseAll(Buffer.from(content))).toMatchObject([
      ...(content.startsWith('\n') ? [{ kind: 'blank' }] : []),
      { kind: 'skip', skip: { kind, lines } },
    ]);
  });

  test('that starts with a bracket and is no manifest is read line by line after all', async () => {
    const parsed = await parseAll(Buffer.from(`[1, 2]\n${text}`));

    expect(parsed.map((each) => each.kind)).toEqual(['rejection', 'event', 'event', 'event']);
  });

  test('of a bracket and hundreds of thousands of blank lines is not held in memory', async () => {
    const blank = Buffer.concat([Buffer.from('[\n'), Buffer.alloc(200_000, 10), Buffer.from(`${captureLine()}\n`)]);
    let held = 0;
    const kinds = new Map<string, number>();
    for await (const each of readCaptureFile(inChunks(blank, 1 << 16), FILE, 1 << 20)) {
      kinds.set(each.kind, (kinds.get(each.kind) ?? 0) + 1);
      if (each.kind === 'blank') held += 1;
    }

    expect([kinds.get('event'), kinds.get('rejection'), held]).toEqual([1, 1, 200_000]);
  });

  test('of no bytes, or of blank lines alone, holds nothing', async () => {
    expect(await parseAll(Buffer.alloc(0))).toEqual([]);
    expect(await parseAll(Buffer.from('\n  \r\n\n'))).toMatchObject([
      { kind: 'blank' },
      { kind: 'blank' },
      { kind: 'blank' },
    ]);
  });

  test('may start with a byte order mark', async () => {
    expect(await parseAll(Buffer.from(`\uFEFF${captureLine()}\n`))).toMatchObject([{ kind: 'event' }]);
  });

  test('keeps no more than a line in memory while a long line is passed over', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(1 << 20, 0x61);
      for (let i = 0; i < 64; i += 1) yield chunk;
      yield* inChunks(Buffer.from('\n'), 1);
    }
    const before = process.memoryUsage().arrayBuffers;
    const parsed = [];
    for await (const each of readCaptureFile(endless(), FILE, 1 << 20)) parsed.push(each);

    expect(parsed).toMatchObject([{ rejection: { code: 'LINE_TOO_LONG', place: { byteLength: 64 << 20 } } }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });
});
