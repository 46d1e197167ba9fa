import { ALARM_KINDS } from '../../lib/constructs/pipeline-alarms';
import { readPage, section } from '../support/docs-pages';

/** docs/runbook.md against the alarms, both ways: what an alarm links must be there, and speak of an alarm that is. */
const page = readPage('docs/runbook.md');

const articles = (heading: string): { title: string; text: string }[] =>
  section(page, heading)
    .split(/^### /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n')[0] ?? '', text }));

describe('docs/runbook.md', () => {
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
