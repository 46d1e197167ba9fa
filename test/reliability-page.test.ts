import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIOS } from './conservation/scenarios';

const DOCS = join(__dirname, '../docs');
const page = readFileSync(join(DOCS, 'reliability.md'), 'utf8');
const rows = [...page.matchAll(/^\| (\d+) +\|(.*)\|(.*)\|(.*)\|$/gm)];

describe('docs/reliability.md', () => {
  test('has the 25 scenarios in their order', () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
  });

  test('names a scenario of the harness or a test file for each of them, or says that there is none yet', () => {
    const wanting = rows.filter(([, , , follows = '', shown = '']) => {
      const names = [...shown.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
      const files = [...shown.matchAll(/\]\(([^)]+)\)/g)].map(([, file = '']) => file);
      const isShown =
        names.length + files.length > 0 &&
        names.every((name) => SCENARIOS.some((scenario) => scenario.name === name)) &&
        files.every((file) => existsSync(join(DOCS, file)));
      return !isShown && !follows.includes('Not yet');
    });

    expect(wanting.map(([row]) => row)).toEqual([]);
  });
});
