import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { relayApp } from '../../lib/app/relay-app';
import { loadModels } from '../../lib/config/load-models';
import { readPage, ROOT, section, tableNames, tableRows } from '../support/docs-pages';

// The built-in validation takes longer than everything else here; `npm run synth` runs it.
process.env.CDK_VALIDATION = 'false';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: {
    readonly Description?: string;
    readonly Policies?: readonly PolicyProperties[];
    readonly Roles?: readonly { readonly Ref: string }[];
  } & Partial<PolicyProperties>;
}
interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: readonly { readonly Action: string | readonly string[] }[] };
}

/** Roles by the beginning of their descriptions, and the headings they stand under. */
const ROLES = {
  'Of the forwarder': 'Delivers captures',
  'Of the sweep': 'Finds captures',
  'Of the function that writes rules': 'Writes the notification rules',
  'Of the endpoint': 'Runs the model',
  'Of a shadow test': 'Shadow test',
};

function templates(): Readonly<Record<string, Resource>>[] {
  const folders = readdirSync(join(ROOT, 'examples')).filter((name) =>
    readdirSync(join(ROOT, 'examples', name)).includes('models'),
  );
  return folders.flatMap((name) => {
    const { store, models } = relayApp(new App(), loadModels(join(ROOT, 'examples', name)));
    return [store, ...models].map(
      (stack) => (Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> }).Resources,
    );
  });
}

function actionsOf(resources: Readonly<Record<string, Resource>>, description: string): string[] {
  return Object.entries(resources)
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties.Description?.startsWith(description))
    .flatMap(([id, { Properties }]) => [
      ...(Properties.Policies ?? []),
      ...Object.values(resources)
        .map((each) => each.Properties)
        .filter(({ Roles = [] }) => Roles.some(({ Ref }) => Ref === id)),
    ])
    .flatMap(({ PolicyDocument }) => PolicyDocument?.Statement.flatMap(({ Action }) => Action) ?? []);
}

describe('docs/deploy.md against the templates of all examples', () => {
  const page = readPage('docs/deploy.md');
  const all = templates();
  const resources = all.flatMap((each) => Object.values(each));

  test('names every type of resource, and no other', () => {
    const types = [...new Set(resources.map(({ Type }) => Type))];

    expect(tableNames(section(page, 'What is made')).sort()).toEqual(types.sort());
  });

  test('says of what is kept, and of nothing else, that it is', () => {
    const kept = new Set(resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain').map(({ Type }) => Type));
    const rows = tableRows(section(page, 'What is made'));
    const said = rows.filter(({ cells }) => cells[2]?.includes('kept')).flatMap(({ names }) => names);

    expect([...kept].filter((type) => !said.includes(type))).toEqual([]);
    expect(rows.filter(({ names, cells }) => cells[2] === 'deleted' && names.some((type) => kept.has(type)))).toEqual(
      [],
    );
  });

  test.each(Object.entries(ROLES))('permissions %s are those of its role, and no other', (heading, description) => {
    const actions = [...new Set(all.flatMap((each) => actionsOf(each, description)))];

    expect(actions).not.toEqual([]);
    expect(tableNames(section(page, heading)).sort()).toEqual(actions.sort());
  });
});
