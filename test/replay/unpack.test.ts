import { gzipSync } from 'node:zlib';
import { unpacked } from '../../src/replay/unpack';
import { seededRandom } from '../../src/local/partners/seeded-random';
import { inChunks } from '../support/chunks';

const random = seededRandom(7);
const TEXT = Array.from({ length: 5_000 }, (_, at) => `line ${at} ${random()}\n`).join('');
const SIZES = [1, 7, 4_096, 1 << 20];

async function unpack(packed: Buffer, chunkSize: number): Promise<{ text: string; problem: string | null }> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of unpacked(inChunks(packed, chunkSize))) pieces.push(Buffer.from(piece));
  } catch (error) {
    return { text: Buffer.concat(pieces).toString(), problem: (error as Error).message };
  }
  return { text: Buffer.concat(pieces).toString(), problem: null };
}

describe('packed captures', () => {
  const packed = gzipSync(TEXT);

  test.each(SIZES)('are unpacked with all their members, in pieces of %d bytes', async (size) => {
    const members = Buffer.concat([packed, gzipSync(''), gzipSync('last\n')]);

    expect(await unpack(members, size)).toEqual({ text: `${TEXT}last\n`, problem: null });
  });

  test.each([['plain\n'], ['x'], [''], ['\u001f'], ['\u001fplain']])(
    '%j is not packed and passes as it is',
    async (text) => {
      for (const size of SIZES) expect(await unpack(Buffer.from(text), size)).toEqual({ text, problem: null });
    },
  );

  test('may be padded with zeros, as tapes and block devices do', async () => {
    expect(await unpack(Buffer.concat([packed, Buffer.alloc(50_000)]), 4_096)).toEqual({ text: TEXT, problem: null });
  });

  test.each([
    ['cut off', packed.subarray(0, Math.floor(packed.length / 2)), /unexpected end/],
    ['cut in their last bytes', packed.subarray(0, -3), /unexpected end/],
    ['damaged in the middle', damaged(packed, Math.floor(packed.length / 2)), /./],
    ['of another sum than they say', damaged(packed, packed.length - 8), /incorrect data check/],
    ['followed by something else', Buffer.concat([packed, Buffer.from('no member')]), /incorrect header/],
    ['followed by something else behind padding', Buffer.concat([packed, Buffer.from('\0no member')]), /other data/],
  ])('that are %s give what stands before, the same however they arrive', async (_, bytes, problem) => {
    const results = await Promise.all(SIZES.map((size) => unpack(bytes, size)));

    expect(results[0]?.problem).toMatch(problem);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results[0]?.text.length).toBeGreaterThan(TEXT.length * 0.4);
  });

  test('lose a line or two to damage at their end, however small they are', async () => {
    const small = TEXT.slice(0, 5_000);
    const packedSmall = gzipSync(small);

    expect((await unpack(damaged(packedSmall, packedSmall.length - 8), 100)).text.length).toBeGreaterThan(3_900);
  });

  test('lose no line to a cut, however small they are', async () => {
    const small = gzipSync('a\nb\n').subarray(0, -1);

    expect(await unpack(small, 100)).toEqual({ text: 'a\nb\n', problem: expect.stringContaining('unexpected end') });
  });
});

function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let each = at; each < Math.min(copy.length, at + 4); each += 1) copy[each] = (copy[each] ?? 0) ^ 0xff;
  return copy;
}
