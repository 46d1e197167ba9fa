import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { flat } from '../support/flat-template';
import { relayTemplates, removePackages, type Resource, ROOT, type TemplateJson } from '../support/relay-templates';

const FOLDER = join(ROOT, 'examples');
const EXAMPLES = readdirSync(FOLDER).filter((name) => readdirSync(join(FOLDER, name)).includes('models'));

/** A line for each property of each resource: a review shows what changes, and nothing around it. */
function shown(templates: Readonly<Record<string, TemplateJson>>): string {
  return Object.entries(templates)
    .map(([stack, { Resources, Outputs = {} }]) =>
      [
        stack,
        ...Object.entries(Resources).flatMap(([id, { Type, ...rest }]) => [`  ${id} ${Type}`, ...attributes(rest)]),
        ...Object.entries(Outputs).map(([id, { Value }]) => `  output ${id} ${JSON.stringify(flat(Value))}`),
      ].join('\n'),
    )
    .join('\n\n');
}

function attributes({ Properties = {}, ...rest }: Omit<Resource, 'Type'> & Pick<Resource, 'Properties'>): string[] {
  return [...Object.entries(rest), ...Object.entries(Properties)].map(
    ([name, value]) => `    ${name} ${withoutHashes(JSON.stringify(flat(value)))}`,
  );
}

/** The hash of a function's package changes with every line of source; a deployment of the same shape does not. */
const withoutHashes = (text: string): string => text.replaceAll(/[0-9a-f]{64}\.zip/g, '<package>.zip');

afterAll(removePackages);

test('there are six examples', () => {
  expect(EXAMPLES).toHaveLength(6);
});

test.each(EXAMPLES)('%s deploys what its snapshot says', (name) => {
  expect(shown(relayTemplates(join(FOLDER, name)))).toMatchSnapshot();
});

test('the same sources make the same bytes: templates, and packages by their hashes', async () => {
  const directory = join(FOLDER, 'several-sinks');
  const first = JSON.stringify(relayTemplates(directory));
  // Bundles are made once for each module registry.
  jest.resetModules();
  const again = await import('../support/relay-templates');
  const second = JSON.stringify(again.relayTemplates(directory));
  again.removePackages();

  expect(second).toBe(first);
  expect(first.match(/[0-9a-f]{64}\.zip/g)).toHaveLength(3);
});
