import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NotificationConfiguration, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { BUCKET, CREDENTIALS, type RunningServer, startServer } from '../local/s3/running-server';
import type { CliResult } from '../support/run-cli';
import { runHere } from './run-here';

const SINKS = 'sinks: [{ type: file, path: out/ }]';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:captured';

interface Plan {
  readonly verdict: string;
  readonly models: readonly { readonly model: string; readonly findings: readonly { readonly problem: string }[] }[];
  readonly live:
    | readonly {
        readonly exists: boolean;
        readonly eventBridge: boolean | null;
        readonly rules: readonly { readonly id: string; readonly model: string | null }[];
        readonly models: readonly object[];
      }[]
    | null;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function model(name: string, prefix: string, more = SINKS): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, `model: ${name}\ncapture: { bucket: ${BUCKET}, prefix: "${prefix}" }\n${more}\n`);
  return path;
}

const planOf = ({ stdout }: CliResult): Plan => JSON.parse(stdout) as Plan;

describe('capture-relay plan', () => {
  test('shows the triggers and what would be made, and ends with 0', async () => {
    const two = 'sinks: [{ type: file, path: a/ }, { type: file, name: lake, path: b/ }]';
    const result = await runHere(
      'plan',
      model('credit-risk', 'captures/credit-risk/', two),
      model('churn', 'captures/churn/'),
    );

    expect(result.exitCode).toBe(0);
    expect(result.stdout).toMatch(
      /│ credit-risk +│ captures +│ captures\/credit-risk\/ +│ \.jsonl +│ notification +│ file, lake +│/,
    );
    expect(result.stdout).toMatch(
      /credit-risk \(.*\n(?: {2}.*\n)* {2}topic: created, since the one trigger feeds 2 sinks/,
    );
    expect(result.stdout).toMatch(
      /churn \(.*\n(?: {2}(?!topic).*\n)* {2}queues: a queue and a dead-letter queue \(file\)/,
    );
  });

  test('ends with 2 for declared triggers that overlap, with a key that would reach both', async () => {
    const result = await runHere('plan', model('one', 'captures/'), model('two', 'captures/two/'));

    expect(result.exitCode).toBe(2);
    expect(result.stdout).toMatch(
      /wrong: .*two\.yaml:2: capture\.prefix "captures\/two\/" overlaps "captures\/" of .*one\.yaml in bucket captures: "captures\/two\/example\.jsonl" would reach both models/,
    );
  });

  test('says which prefix an address should be', async () => {
    const result = await runHere('plan', '--json', model('address', 's3://captures/credit-risk'));

    expect(result.exitCode).toBe(2);
    expect(planOf(result).models[0]?.findings).toMatchObject([
      {
        problem: 'must be a prefix of keys, not an address',
        given: '"s3://captures/credit-risk"',
        cure: 'write "credit-risk/", and "captures" as the bucket',
      },
    ]);
  });

  test('ends with 2 for a configuration that names nothing to watch', async () => {
    const path = join(folder, 'nothing.yaml');
    writeFileSync(path, `model: nothing\n${SINKS}\n`);
    const result = await runHere('plan', path);

    expect(result.exitCode).toBe(2);
    expect(result.stdout).toMatch(/wrong: .*nothing\.yaml:1: capture\.prefix is missing/);
  });

  test('reads models/*.yaml by default', async () => {
    mkdirSync(join(folder, 'here/models'), { recursive: true });
    const here = process.cwd();
    process.chdir(join(folder, 'here'));
    writeFileSync('models/a.yaml', `model: a\ncapture: { bucket: ${BUCKET}, prefix: a/ }\n${SINKS}\n`);
    const result = await runHere('plan', '--json').finally(() => process.chdir(here));

    expect(planOf(result)).toMatchObject({ verdict: 'fine', models: [{ model: 'a' }], live: null });
  });
});

describe('capture-relay plan --live', () => {
  let s3: RunningServer;
  const before = { ...process.env };
  beforeAll(async () => {
    s3 = await startServer();
    process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey;
  });
  afterAll(async () => {
    process.env = before;
    await s3.stop();
  });

  const have = (NotificationConfiguration: NotificationConfiguration) =>
    s3.client.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration }));
  const rule = (Id: string, prefix: string) => ({
    Id,
    QueueArn: QUEUE,
    Events: ['s3:ObjectCreated:*' as const],
    Filter: {
      Key: {
        FilterRules: [
          { Name: 'prefix' as const, Value: prefix },
          { Name: 'suffix' as const, Value: '.jsonl' },
        ],
      },
    },
  });
  const live = (...args: string[]) =>
    runHere('plan', '--live', '--endpoint-url', s3.server.url, '--region', 'us-east-1', ...args);

  test('tells which rules are there, whose they are, and that EventBridge is on', async () => {
    await have({
      QueueConfigurations: [rule('capture-relay-0123456789abcdef-here', 'here/'), rule('terraform', 'other/')],
      EventBridgeConfiguration: {},
    });
    const result = await live(model('here', 'here/'), model('new', 'new/'));

    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('bucket captures: 2 notification rules, EventBridge on');
    expect(result.stdout).toMatch(
      /│ terraform +│ others +│ queue captured +│ s3:ObjectCreated:\* +│ other\/ +│ \.jsonl +│/,
    );
    expect(result.stdout).toContain('here: its rule is there\nnew: its rule is not there yet; a deploy adds it');
  });

  test('ends with 1 for a rule of others that overlaps, with a key', async () => {
    await have({ QueueConfigurations: [rule('terraform', 'captures/')] });
    const path = model('late', 'captures/late/');
    const [text, json] = [await live(path), await live('--json', path)];

    expect([text.exitCode, json.exitCode]).toEqual([1, 1]);
    expect(text.stdout).toMatch(
      /overlap: late and rule "terraform" \(queue .*\) would both take captures\/late\/example\.jsonl \(s3:ObjectCreated:\*\)/,
    );
    expect(planOf(json)).toMatchObject({
      verdict: 'overlaps',
      live: [
        {
          exists: true,
          eventBridge: false,
          rules: [{ id: 'terraform', model: null }],
          models: [
            { model: 'late', rule: 'missing', overlaps: [{ with: 'terraform', key: 'captures/late/example.jsonl' }] },
          ],
        },
      ],
    });
  });

  test('takes rules that a deploy replaces for no overlap', async () => {
    await have({ QueueConfigurations: [rule('capture-relay-0123456789abcdef-moved', 'captures/')] });
    const result = await live(model('moved', 'captures/moved/'));

    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('moved: its rule is there with another filter; a deploy replaces it');
  });

  test('without --region and AWS_REGION asks in the region of the application', async () => {
    await have({});
    const models = join(folder, 'app/models');
    mkdirSync(models, { recursive: true });
    writeFileSync(join(folder, 'app/capture-relay.yaml'), 'region: us-west-2\n');
    const path = join(models, 'a.yaml');
    writeFileSync(path, readFileSync(model('a', 'a/')));
    delete process.env.AWS_REGION;
    process.env.AWS_CONFIG_FILE = join(folder, 'no-config');
    const asked = await runHere('plan', '--live', '--endpoint-url', s3.server.url, path);
    const unbound = await runHere('plan', '--live', '--endpoint-url', s3.server.url, join(folder, 'a.yaml'));

    expect([asked.exitCode, asked.stderr]).toEqual([0, '']);
    expect(unbound.stderr).toMatch(/Region is missing; check its name, --profile, --region/);
  });

  test('with a bucket that cannot be read is wrong usage', async () => {
    const path = join(folder, 'away.yaml');
    writeFileSync(path, `model: away\ncapture: { bucket: no-such-bucket, prefix: a/, store: existing }\n${SINKS}\n`);
    const { exitCode, stderr } = await live(path);

    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/rules of bucket no-such-bucket cannot be read/)]);
  });
});
