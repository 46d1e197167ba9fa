import { FIRST_LINE, type LineStart } from '../core/lines';

/** A line of a capture file that is sent again, with its bytes. */
export interface FedLine {
  readonly line: number;
  readonly byteOffset: number;
  readonly bytes: Buffer;
}

/** Some lines of a capture file as a stream of bytes that begins at the first of them. */
export interface Feed {
  readonly start: LineStart;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly lines: readonly FedLine[];
}

/**
 * The chain gives each line its number and its byte offset by counting, so what lay between two lines is fed as white
 * space of the same length and with as many line ends: blank lines are no lines in any count.
 */
export function feedsOf(lines: readonly FedLine[]): Feed[] {
  const feeds: FedLine[][] = [];
  for (const line of [...lines].sort((a, b) => a.line - b.line)) {
    const last = feeds.at(-1)?.at(-1);
    if (last !== undefined && gapBetween(last, line) !== null) feeds.at(-1)?.push(line);
    else feeds.push([line]);
  }
  return feeds.map((each) => {
    const [{ line, byteOffset } = FIRST_LINE] = each;
    return { start: { line, byteOffset, crc: 0 }, bytes: bytesOf(each), lines: each };
  });
}

async function* bytesOf(lines: readonly FedLine[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (const [at, line] of lines.entries()) {
    yield line.bytes;
    const next = lines[at + 1];
    // Of two CRs at the end of a line one belongs to its ending: to the last line it must be given back.
    yield (next === undefined ? null : gapBetween(line, next)) ?? Buffer.from('\r\n');
  }
}

/** Null when no white space can stand for what lay between: the places do not belong to one file. */
function gapBetween(from: FedLine, to: FedLine): Buffer | null {
  const lineEnds = to.line - from.line;
  const spaces = to.byteOffset - from.byteOffset - from.bytes.length - lineEnds;
  if (lineEnds < 1 || spaces < 0 || (lineEnds === 1 && spaces > 1)) return null;
  const gap = Buffer.alloc(spaces + lineEnds, ' ');
  // A byte more than line ends means a CR before the first of them.
  const first = spaces === 0 ? 0 : 1;
  if (first === 1) gap.write('\r');
  gap.write('\n', first);
  for (let at = gap.length - lineEnds + 1; at < gap.length; at += 1) gap.write('\n', at);
  return gap;
}
