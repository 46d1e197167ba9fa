import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README', () => {
  test("the newcomer's reading order leads through the flow in at most 600 lines", () => {
    const files = [...readme.matchAll(/^\d\. \[`([^`]+)`\]/gm)].flatMap((match) => match[1] ?? []);
    const lines = files.map((file) => readFileSync(join(root, file), 'utf8').split('\n').length);

    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(600);
  });

  test('the test command it gives is the one that runs everything', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };

    expect(readme).toContain('npm ci && npm test');
    expect(scripts.test).toBe('jest');
  });
});
