import { type Choice, chooseFiles } from '../../src/replay/choose-files';
import type { ReplayFile } from '../../src/replay/replay-source';
import { keyAt } from './replay-runs';

const inS3 = (key: string): ReplayFile => ({
  file: { bucket: 'captures', key, versionId: null },
  byteLength: 1,
  eTag: null,
});
const all: Choice = { endpoint: null, variants: [], window: null, after: null };

describe('the files that are replayed', () => {
  const early = keyAt('01/08/00-00');
  const late = keyAt('01/11/00-00');
  const other = keyAt('01/08/00-00', 'Candidate');
  const elsewhere = 'archive/old.jsonl';
  const files = [elsewhere, early, late, other].map(inS3);
  const keys = (choice: Partial<Choice>): string[] =>
    chooseFiles(files, { ...all, ...choice }).files.map(({ file }) => file.key);

  test('are all of them when nothing is asked for', () => {
    expect(keys({})).toEqual([elsewhere, early, late, other]);
  });

  test('are those of the endpoint, and a key that does not tell is not among them', () => {
    expect(keys({ endpoint: 'churn' })).toEqual([early, late, other]);
    expect(keys({ endpoint: 'chur' })).toEqual([]);
  });

  test('are those of any of the variants', () => {
    expect(keys({ variants: ['Candidate'] })).toEqual([other]);
    expect(keys({ variants: ['Candidate', 'AllTraffic'] })).toEqual([early, late, other]);
  });

  test('may hold events of the window; a key without a time has to be read to know', () => {
    const window = { fromMs: Date.parse('2026-09-01T11:00Z'), toMs: Date.parse('2026-09-01T12:00Z') };

    expect(keys({ window })).toEqual([elsewhere, late]);
  });

  test.each([early, `s3://captures/${early}`])('begin behind the file that is done with, named as %s', (after) => {
    expect(keys({ after })).toEqual([late, other]);
  });

  test('begin behind where an unknown name would stand, and that it is unknown is told', () => {
    const chosen = chooseFiles(files, { ...all, after: `${early}-gone` });

    expect([chosen.files.map(({ file }) => file.key), chosen.isAfterKnown]).toEqual([[late, other], false]);
  });

  test('and those left out are counted by their reason', () => {
    const window = { fromMs: Date.parse('2026-09-01T11:00Z'), toMs: Date.parse('2026-09-01T12:00Z') };
    const { leftOut, isAfterKnown } = chooseFiles(files, {
      endpoint: 'churn',
      variants: ['AllTraffic'],
      window,
      after: elsewhere,
    });

    expect([leftOut, isAfterKnown]).toEqual([{ before: 1, elsewhere: 1, outsideWindow: 1 }, true]);
  });
});
