import { ALARM_KINDS } from '../../lib/constructs/pipeline-alarms';
import { join } from 'node:path';
import { codeBlocks, readPage, ROOT, section, tableNames } from '../support/docs-pages';
import { relayTemplates, removePackages } from '../support/relay-templates';

/** docs/runbook.md against the alarms, both ways: what an alarm links must be there, and speak of an alarm that is. */
const page = readPage('docs/runbook.md');

const articles = (heading: string): { title: string; text: string }[] =>
  section(page, heading)
    .split(/^### /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n')[0] ?? '', text }));

afterAll(removePackages);

describe('docs/runbook.md', () => {
  const templates = Object.values(relayTemplates(join(ROOT, 'examples/one-endpoint-arthur')));
  const outputs = new Set(
    templates.flatMap(({ Outputs = {} }) => Object.keys(Outputs).filter((id) => !id.startsWith('ExportsOutput'))),
  );
  const scripts = codeBlocks(page, 'sh').join('\n');

  test('names every output of the stacks, and no other', () => {
    const named = tableNames(section(page, 'Names')).map((name) => name.replace('{Sink}', 'Arthur'));

    expect(named.sort()).toEqual([...outputs].sort());
  });

  test('sets every variable of its commands before it uses it, from an output that there is', () => {
    const set = new Map(
      [...scripts.matchAll(/^([A-Z_]+)="\$\(output (\w+)\)"$/gm)].map((match) => [match[1], match[2]]),
    );
    const used = [...page.matchAll(/\$([A-Z][A-Z_]+)/g)].map((match) => match[1]);

    expect(used).toContain('DEAD_LETTER_QUEUE_ARN');
    expect(used.filter((name) => !set.has(name))).toEqual([]);
    expect([...set.values()].filter((id) => !outputs.has(id ?? ''))).toEqual([]);
  });

  test('has an article for every alarm, under its name, and none for an alarm that is not', () => {
    expect(
      articles('Alarms')
        .map(({ title }) => title)
        .sort(),
    ).toEqual([...ALARM_KINDS].sort());
  });

  test('has an article for each way a deployment fails', () => {
    expect(articles('Deploying').map(({ title }) => title)).toEqual([
      'ResourceInUse',
      'ResourceLimitExceeded',
      'Unable to validate the following destination configurations',
      'Overlapping rules',
      'A name that exists already',
    ]);
  });

  test.each([...articles('Alarms'), ...articles('Deploying')])(
    '$title says what it means, how to look into it, and what to do',
    ({ text }) => {
      expect([...text.matchAll(/^\*\*(\w+)\.\*\* ?/gm)].map((match) => match[1])).toEqual([
        'Description',
        'Investigation',
        'Resolution',
      ]);
    },
  );

  // An anchor is the heading's own text only as long as it is lower-case words joined by hyphens.
  test.each(ALARM_KINDS)('%s is its own anchor', (kind) => {
    expect(kind).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  });
});
