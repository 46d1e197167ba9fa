import type { CaptureEvent } from '../../src/core/types';
import { readCaptureFile } from '../../src/core/capture-file';
import { linesInWindow } from '../../src/replay/window-filter';
import { captureLine, FILE } from '../support/capture-events';
import { inChunks } from '../support/chunks';

const WINDOW = { fromMs: Date.parse('2026-09-01T12:00:00Z'), toMs: Date.parse('2026-09-01T12:00:10Z') };
const MAX_LINE_BYTES = 2_000;

const at = (inferenceTime: string | null, eventId: string): string => captureLine({ inferenceTime, eventId });
const early = at('2026-09-01T11:59:59Z', 'early');
const first = at('2026-09-01T12:00:00Z', 'first');
const last = at('2026-09-01T12:00:09Z', 'last');
const late = at('2026-09-01T12:00:10Z', 'late');
const timeless = at(null, 'timeless');

interface Filtered {
  readonly text: string;
  readonly found: readonly string[];
  readonly outside: number;
  readonly timeless: number;
}

async function filter(text: string, key: string, chunkSize = 13): Promise<Filtered> {
  const file = { ...FILE, key };
  const counts = { outside: 0, timeless: 0 };
  const pieces: Buffer[] = [];
  const lines = linesInWindow(inChunks(Buffer.from(text), chunkSize), {
    window: WINDOW,
    file,
    maxLineBytes: MAX_LINE_BYTES,
    onOutside: () => (counts.outside += 1),
    onTimeless: () => (counts.timeless += 1),
  });
  for await (const piece of lines) pieces.push(Buffer.from(piece));
  const bytes = Buffer.concat(pieces);
  const found: string[] = [];
  for await (const parsed of readCaptureFile(inChunks(bytes, 64), file, MAX_LINE_BYTES)) {
    if (parsed.kind === 'event') found.push(`${idOf(parsed.event)} ${placeOf(parsed.event)}`);
    if (parsed.kind === 'rejection') found.push(`${parsed.rejection.code} ${placeOf(parsed.rejection)}`);
  }
  return { text: bytes.toString(), found, ...counts };
}

const idOf = ({ eventId }: CaptureEvent): string => eventId ?? '';
const placeOf = ({ place }: Pick<CaptureEvent, 'place'>): string => `${place.line}@${place.byteOffset}`;

const INSIDE = FILE.key;
const BEFORE = FILE.key.replace('/12/00-00-', '/11/59-30-');

describe('the lines of a window', () => {
  test.each([1, 7, 100_000])('keep their numbers and places, whatever is left out, in chunks of %d', async (size) => {
    const text = `${early}\n${first}\r\n\n${late}\r\n${last}\ntorn\n${early}`;
    const result = await filter(text, INSIDE, size);

    expect(result.found).toEqual([
      `first 2@${text.indexOf(first)}`,
      `last 5@${text.indexOf(last)}`,
      `MALFORMED_LINE 6@${text.indexOf('torn')}`,
    ]);
    expect(result).toMatchObject({ outside: 3, timeless: 0 });
    expect(result.text).toHaveLength(text.length);
  });

  test('without a time of their own go with their file', async () => {
    const text = `${timeless}\n\ntorn\n`;

    expect((await filter(text, INSIDE)).found.map((each) => each.split(' ')[0])).toEqual([
      'timeless',
      'MALFORMED_LINE',
    ]);
    expect(await filter(text, BEFORE)).toMatchObject({ found: [], outside: 2, timeless: 0 });
  });

  test('are taken, and the events counted, when not even the file tells a time', async () => {
    const result = await filter(`${timeless}\ntorn\n${late}\n`, 'somewhere.jsonl');

    expect(result).toMatchObject({
      found: [`timeless 1@0`, expect.stringMatching(/^MALFORMED/)],
      outside: 1,
      timeless: 1,
    });
  });

  test('that are too long to be read are let through to be rejected, and harm no neighbour', async () => {
    const text = `${late}\n${'x'.repeat(MAX_LINE_BYTES + 2)}\n${last}\n`;

    expect((await filter(text, BEFORE)).found).toEqual([
      `LINE_TOO_LONG 2@${late.length + 1}`,
      `last 3@${text.indexOf(last)}`,
    ]);
  });

  test('have the time of their zone', async () => {
    const shifted = at('2026-09-01T14:00:05+02:00', 'shifted');

    expect((await filter(`${shifted}\n`, INSIDE)).found).toEqual(['shifted 1@0']);
  });
});
