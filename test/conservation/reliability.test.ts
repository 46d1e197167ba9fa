import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage, ROOT, section, tableRows } from '../support/docs-pages';
import { SCENARIOS } from './scenarios';

/** docs/reliability.md against the tests: whatever it says is shown by a test that is there under that name. */
const PAGE = readPage('docs/reliability.md');
const ROWS = tableRows(section(PAGE, 'What happens when things break'));
const NAMES = SCENARIOS.map(({ name }) => name);

/** `[file](path): \`test\`` names a test of another file; a name alone is a scenario. */
const TESTS = /\[[^\]]+\]\(\.\.\/([^)]+\.test\.ts)\): `([^`]+)`/g;

describe('docs/reliability.md', () => {
  test('has the 25 scenarios, each with what shows it or with what is not yet there', () => {
    expect(ROWS.map(({ cells: [number] }) => Number(number))).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
    const silent = ROWS.filter(
      ({ cells: [, , follows = '', shown = ''] }) => !/`/.test(shown) && !/Not yet/.test(follows),
    );
    expect(silent).toEqual([]);
  });

  test.each(ROWS.map(({ cells: [number = '', what = '', , shown = ''] }) => ({ number, what, shown })))(
    '$number, "$what": what shows it is there',
    ({ shown }) => {
      const tests = [...shown.matchAll(TESTS)].map(([, file = '', name = '']) => ({ file, name }));
      const missing = tests.filter(({ file, name }) => !hasTest(file, name));
      const scenarios = [...shown.replaceAll(TESTS, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

      expect(missing).toEqual([]);
      expect(scenarios.filter((name) => !NAMES.includes(name))).toEqual([]);
    },
  );

  test('names every scenario', () => {
    expect(NAMES.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual(['everyday']);
  });
});

function hasTest(file: string, name: string): boolean {
  const path = join(ROOT, file);
  return (
    existsSync(path) && ["'", '"', '`'].some((quote) => readFileSync(path, 'utf8').includes(`${quote}${name}${quote}`))
  );
}
