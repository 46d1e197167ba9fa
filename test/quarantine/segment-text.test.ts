import { writeSegment, readSegment } from '../../src/quarantine/segment-text';
import type { QuarantinedLine } from '../../src/quarantine/quarantined-line';
import { UnreadableState } from '../../src/store/unreadable-state';

const LINE: QuarantinedLine = {
  line: 3,
  byteOffset: 20,
  byteLength: 9,
  source: { bucket: null, key: 'k', versionId: null, eTag: 'e' },
  generation: 0,
  countedAs: 'event',
  original: 'SENSITIVE',
  originalMissing: null,
  refusals: [
    {
      rows: [
        [0, 2],
        [5, 5],
      ],
      stage: 'deliver',
      code: 'PARTNER_REFUSED_ROW',
      reason: 'why',
      partnerInferenceId: 'id_0',
      decoderVersion: '1',
    },
  ],
};

function problemOf(body: string): unknown {
  try {
    return readSegment(body, 'quarantine/key');
  } catch (error) {
    return error;
  }
}

describe('a quarantine segment', () => {
  const text = writeSegment([LINE, { ...LINE, line: 4, original: { base64: 'AAAA' } }]);

  test('reads as it was written', () => {
    expect([...readSegment(text, 'k').values()]).toEqual([LINE, { ...LINE, line: 4, original: { base64: 'AAAA' } }]);
  });

  test.each([
    ['empty', ''],
    ['torn at its head', text.slice(30)],
    ['torn at its end', text.slice(0, text.indexOf('SENSITIVE') + 4)],
    ['with a quote too many', text.replace('SENSITIVE', 'SENSITIVE"')],
    ['without members', '{"schema":1}\n'],
    ['of another version', text.replaceAll('"schema":1', '"schema":2')],
    ['that does not say where its line stands', text.replace('"byteOffset":20,', '')],
    ['with rows that are none', text.replace('0-2 5', '0-x')],
    ['with bytes that are none', text.replace('"SENSITIVE"', '7')],
  ])('%s is unreadable, and nothing but its key is told', (_what, body) => {
    const problem = problemOf(body);

    expect(problem).toBeInstanceOf(UnreadableState);
    expect((problem as Error).message).toMatch(/^quarantine\/key cannot be read/);
    expect((problem as Error).stack).not.toContain('SENS');
  });
});
