import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type ArthurStandIn, startArthur } from '../../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../../src/local/partners/demo-models';
import { IdFingerprints } from '../../../src/local/partners/id-fingerprints';
import { boundaryOf, MultipartReader } from '../../../src/local/partners/multipart';
import { parquetRowCount } from '../../../src/local/partners/parquet-row-count';
import { formOf } from './calls';

const DATA = 'line 1\r\n--b0undar\r\n-- \r\nend\r\n';
const { body: FORM } = formOf([
  { name: 'batch_id', data: '' },
  { name: 'inference_data', filename: '/home/me/a \\"b\\".jsonl', data: DATA },
]);

test('a form is read alike however it is cut into pieces', () => {
  for (let size = 1; size <= FORM.length; size += 1) {
    const parts: { name: string; filename: string | null; text: string }[] = [];
    const reader = new MultipartReader('b0undary', ({ name, filename }) => {
      const part = { name, filename, text: '' };
      parts.push(part);
      return (chunk) => void (part.text += chunk.toString('latin1'));
    });
    for (let at = 0; at < FORM.length; at += size) reader.push(FORM.subarray(at, at + size));

    expect(reader.complete).toBe(true);
    expect(parts).toEqual([
      { name: 'batch_id', filename: null, text: '' },
      { name: 'inference_data', filename: '/home/me/a "b".jsonl', text: DATA },
    ]);
  }
});

test('a form that ends early is not complete', () => {
  const reader = new MultipartReader('b0undary', () => () => {});
  reader.push(FORM.subarray(0, FORM.length - 4));

  expect(reader.complete).toBe(false);
});

test('the name of a file outside ASCII is decoded', () => {
  const names: (string | null)[] = [];
  const reader = new MultipartReader('x', ({ filename }) => {
    names.push(filename);
    return () => {};
  });
  reader.push(
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="f"; filename*=utf-8''Z%C3%BCrich.csv\r\n\r\n\r\n--x--`),
  );

  expect(names).toEqual(['Zürich.csv']);
});

test.each([
  ['multipart/form-data; boundary=abc', 'abc'],
  ['multipart/form-data; charset=utf-8; boundary="a b"', 'a b'],
  ['application/json', null],
  [undefined, null],
])('the boundary of %s is %s', (type, boundary) => {
  expect(boundaryOf(type)).toBe(boundary);
});

test('the rows of a Parquet file are read from its footer', () => {
  // version 1 (field 1), a schema of one struct with a name and a boolean (field 2), 300 rows (field 3)
  const schema = [0x19, 0x1c, 0x48, 0x06, ...Buffer.from('matrix'), 0x11, 0x00];
  const footer = Buffer.from([0x15, 0x02, ...schema, 0x16, 0xd8, 0x04, 0x00]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  const file = Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]);

  expect(parquetRowCount(file)).toBe(300);
  expect(parquetRowCount(Buffer.from('[{"a":1}, {"a":2}]'))).toBeNull();
  expect(parquetRowCount(Buffer.concat([file.subarray(0, 8), file.subarray(16)]))).toBeNull();
});

test('distinct ids are counted until the table is full, and then said to be unknown', () => {
  const ids = new IdFingerprints(4096);
  for (let id = 0; id < 3000; id += 1) ids.add(`id-${id}`);
  for (let id = 0; id < 3000; id += 1) ids.add(`id-${id}`);
  const counted = ids.distinct;
  for (let id = 3000; id < 4000; id += 1) ids.add(`id-${id}`);

  expect(counted).toBe(3000);
  expect(ids.distinct).toBeNull();
});

/** Bytes of buffers that something still holds: without collecting first, it would also show what nobody holds any more. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().arrayBuffers;
}

describe('a body of 100 MB', () => {
  let arthur: ArthurStandIn;
  beforeEach(async () => {
    arthur = await startArthur({ token: 'secret', models: demoArthurModels() });
  });
  afterEach(() => arthur.close());

  test('is refused at the limit, read to its end without being held, and the connection serves on', async () => {
    const before = heldBytes();
    let peak = 0;
    const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);

    const socket = connect(arthur.port, '127.0.0.1');
    let answers = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answers += text));
    socket.write(`POST /api/v3/models/${ARTHUR_OPEN_ID}/inferences HTTP/1.1\r\nHost: a\r\nAuthorization: secret\r\n`);
    socket.write('Transfer-Encoding: chunked\r\n\r\n');
    for (let sent = 0; sent < 100_000_000; sent += 0x10000) {
      if (!socket.write(chunk)) await once(socket, 'drain');
      if (sent % (100 * 0x10000) === 0) peak = Math.max(peak, heldBytes() - before);
    }
    socket.end('0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');

    expect(answers).toMatch(/^HTTP\/1.1 413 [\s\S]*<html>[\s\S]*HTTP\/1.1 200 [\s\S]*Arthur v3/);
    // Kept up to the limit of 16 MiB, and some MB are on their way; held to the end it would be 100 MB.
    expect(peak).toBeLessThan(50_000_000);
    expect(arthur.tally(ARTHUR_OPEN_ID).rows).toBe(0);
  });
});
