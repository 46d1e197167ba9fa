import { LineSplitter } from '../../src/core/lines';
import { type FedLine, feedsOf } from '../../src/replay/feed-lines';
import { VirtualClock } from '../support/virtual-clock';

interface Place extends FedLine {
  readonly text: string;
}

function linesOf(bytes: Buffer): Place[] {
  const splitter = new LineSplitter(1_000);
  const lines = [...splitter.push(bytes), ...splitter.end()];
  return lines.flatMap(({ number, byteOffset, bytes: line }) =>
    line === null || line.length === 0
      ? []
      : [{ line: number, byteOffset, bytes: Buffer.from(line), text: line.toString('latin1') }],
  );
}

async function fed(lines: readonly FedLine[]): Promise<Omit<Place, 'bytes'>[]> {
  const found: Omit<Place, 'bytes'>[] = [];
  for (const { start, bytes } of feedsOf(lines)) {
    const splitter = new LineSplitter(1_000, start);
    const all: Uint8Array[] = [];
    for await (const chunk of bytes) all.push(chunk);
    // White space may be longer than a line may be: no line in any count, either.
    for (const { number, byteOffset, bytes: line } of [...splitter.push(Buffer.concat(all)), ...splitter.end()])
      if (line !== null && line.toString('latin1').trim() !== '')
        found.push({ line: number, byteOffset, text: line.toString('latin1') });
  }
  return found;
}

const PIECES = ['{"a":1}', 'torn {', ' spaced ', 'ends in CR\r', '', '', 'x'.repeat(300), '\u00ff\u00fe'];
const ENDS = ['\n', '\n', '\r\n'];

describe('some lines of a file, fed by themselves', () => {
  test('are split into the same bytes, with the numbers and offsets they have in the file', async () => {
    const { random } = new VirtualClock({ seed: 5 });
    const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 200; round += 1) {
      const text = Array.from({ length: 20 }, () => one(PIECES) + one(ENDS)).join('');
      const all = linesOf(Buffer.from(text, 'latin1'));
      const chosen = all.filter(() => random() < 0.4);

      const found = await fed(chosen.toReversed());

      expect(found).toEqual(chosen.map(({ line, byteOffset, text: line_ }) => ({ line, byteOffset, text: line_ })));
    }
  });

  test('go in one piece, so that they can share batches', () => {
    const all = linesOf(Buffer.from('a\r\nb\n\n\n  \nc\nd'));

    expect(feedsOf(all.filter(({ text }) => text !== 'b'))).toHaveLength(1);
  });

  test('go in several when their places do not belong together', () => {
    const bytes = Buffer.from('line');

    expect(
      feedsOf([
        { line: 1, byteOffset: 0, bytes },
        { line: 2, byteOffset: 90, bytes },
      ]),
    ).toHaveLength(2);
  });
});
