import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { relayApp } from '../../lib/app/relay-app';
import { loadModels } from '../../lib/config/load-models';
import { codeBlocks, quoted, readPage, ROOT, section, tableNames, tableRows } from '../support/docs-pages';

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
interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}
interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
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

function statementsOf(resources: Readonly<Record<string, Resource>>, description: string): Statement[] {
  return Object.entries(resources)
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties.Description?.startsWith(description))
    .flatMap(([id, { Properties }]) => [
      ...(Properties.Policies ?? []),
      ...Object.values(resources)
        .map((each) => each.Properties)
        .filter(({ Roles = [] }) => Roles.some(({ Ref }) => Ref === id)),
    ])
    .flatMap(({ PolicyDocument }) => PolicyDocument?.Statement ?? []);
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
    const statements = all.flatMap((each) => statementsOf(each, description));
    const actions = [...new Set(statements.flatMap(({ Action }) => Action))];

    expect(actions).not.toEqual([]);
    expect(tableNames(section(page, heading)).sort()).toEqual(actions.sort());
  });

  test.each(['Of the forwarder', 'Of the sweep'] as const)(
    'permissions %s say by which operators a listing is bounded: one of them lets requests without a prefix through',
    (heading) => {
      const listings = all
        .flatMap((each) => statementsOf(each, ROLES[heading]))
        .filter(({ Action }) => Action === 's3:ListBucket');
      const row = tableRows(section(page, heading)).find(({ names }) => names.includes('s3:ListBucket'));
      const operators = new Set(listings.flatMap(({ Condition = {} }) => Object.keys(Condition)));

      expect(quoted(row?.cells[1] ?? '').sort()).toEqual([...operators].sort());
    },
  );

  test('says when the role of an endpoint may pull every image: also for one that is no address of ECR', () => {
    const row = tableRows(section(page, 'Of the endpoint')).find(({ names }) => names.includes('ecr:BatchGetImage'));

    expect(row?.cells[1]).toContain('`{account}.dkr.ecr.{region}.amazonaws.com/…`');
  });

  const calls = codeBlocks(page, 'sh')
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /npx cdk (\S+)(.*)/.exec(line)?.slice(1) ?? [])
    .flatMap((_, at, words) => (at % 2 === 0 ? [{ command: words[at] ?? '', rest: words[at + 1] ?? '' }] : []))
    .filter(({ rest }) => rest.includes('--'));

  test.each(calls)('`cdk $command $rest` has options that the CDK knows', ({ command, rest }) => {
    const help = execFileSync(process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), command, '--help'], {
      encoding: 'utf8',
    });
    const known = new Set([...help.matchAll(/--(?:\[no-\])?([a-z-]+)/g)].map((match) => match[1]));
    const options = [...rest.matchAll(/--(?:no-)?([a-z-]+)/g)].map((match) => match[1]);

    expect(options.filter((option) => !known.has(option))).toEqual([]);
  });

  test('has a line that compares with a template of before, and one that deletes a stack whose file is gone', () => {
    expect(calls.map(({ command, rest }) => command + rest)).toContain(
      'diff CreditRisk --exclusively --no-change-set --template old.json',
    );
    expect(codeBlocks(page, 'sh')).toContain(
      'aws cloudformation delete-stack --stack-name capture-relay-credit-risk\n',
    );
  });
});
