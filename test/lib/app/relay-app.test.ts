import { flatResources, resourcesOf } from '../../support/flat-template';
import { churnYaml, modelYaml } from '../../support/model-yaml';
import { relayTemplates, removePackages, type TemplateJson, withFolder } from '../../support/relay-templates';

const SHADOW =
  'shadow: { test: { name: v2, variants: [{ variant: AllTraffic, instanceType: ml.m5.large, instanceCount: 1 }, { variant: S, model: v2, instanceType: ml.m5.large, instanceCount: 1 }], sourceVariant: AllTraffic, shadowVariant: { variant: S, samplingPercentage: 50 } } }';

/** Two models, one of them with all that makes roles, and the settings of the application. */
const stacksOf = (settings = '') =>
  withFolder(
    {
      'models/a.yaml': modelYaml({ shadow: SHADOW }),
      'models/b.yaml': churnYaml({ capture: 'capture: { bucket: churn-captures, prefix: captures/, store: own }' }),
      'capture-relay.yaml': settings,
    },
    relayTemplates,
  );
const all = (stacks: Readonly<Record<string, TemplateJson>>, type: string) =>
  Object.values(stacks).flatMap((template) => resourcesOf(template, type));

afterAll(removePackages);

test('there is one stack for what models share, and one for each model', () => {
  expect(Object.keys(stacksOf()).sort()).toEqual(['Churn', 'CreditRisk', 'Store']);
});

describe('a setting of the application holds for all of it:', () => {
  test('the boundary of permissions', () => {
    const roles = all(stacksOf('permissionsBoundary: ml-boundary\n'), 'AWS::IAM::Role');

    expect(roles.length).toBeGreaterThan(6);
    expect(new Set(roles.map(({ properties }) => properties.PermissionsBoundary))).toEqual(
      new Set(['arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/ml-boundary']),
    );
  });

  test('the days for which logs are kept', () => {
    const days = (settings: string): Set<unknown> =>
      new Set(all(stacksOf(settings), 'AWS::Logs::LogGroup').map(({ properties }) => properties.RetentionInDays));

    expect(days('')).toEqual(new Set([90]));
    expect(days('logRetentionDays: 365\n')).toEqual(new Set([365]));
  });

  test('the days for which captures are kept, in the shared bucket and in one of its own', () => {
    const stacks = stacksOf('captureRetentionDays: 100\n');
    const rules = all(stacks, 'AWS::S3::Bucket')
      .filter(({ properties }) => String(properties.BucketName).endsWith('-captures'))
      .map(({ properties }) => properties.LifecycleConfiguration);

    expect(rules).toMatchObject([{ Rules: [{ ExpirationInDays: 100 }] }, { Rules: [{ ExpirationInDays: 100 }] }]);
  });

  test('tags, on whatever takes them', () => {
    const stacks = stacksOf('tags: { team: ml-platform }\n');
    // What is left is what CloudFormation gives no tags.
    const untagged = Object.values(stacks)
      .flatMap(flatResources)
      .filter(({ properties }) => !JSON.stringify(properties.Tags ?? null).includes('ml-platform'))
      .map(({ type }) => type);

    expect([...new Set(untagged)].sort()).toEqual([
      'AWS::IAM::Policy',
      'AWS::KMS::Alias',
      'AWS::Lambda::Permission',
      'AWS::S3::BucketPolicy',
      'AWS::SNS::Subscription',
      'AWS::SNS::TopicPolicy',
      'AWS::SQS::QueuePolicy',
      'Custom::CaptureNotifications',
    ]);
  });

  test('a state bucket that is there', () => {
    const stacks = stacksOf('stateBucket: relay-state-before\n');
    const buckets = all(stacks, 'AWS::S3::Bucket').map(({ properties }) => properties.BucketName);

    expect(buckets.filter((name) => String(name).includes('state'))).toEqual([]);
    expect(JSON.stringify(stacks.CreditRisk)).toContain('"CAPTURE_RELAY_STATE_BUCKET":"relay-state-before"');
  });

  test('the name, for buckets and keys', () => {
    const text = JSON.stringify(stacksOf('name: scores\n'));

    expect(text).toContain('alias/scores');
    expect(text).toContain('scores-state-');
    expect(text).not.toContain('capture-relay-state-');
  });
});

test('every bucket, queue, topic and log is encrypted, and no resource is public', () => {
  const stacks = stacksOf();
  const named = (type: string, setting: string): unknown[] =>
    all(stacks, type).map(({ properties }) => properties[setting]);

  for (const [type, setting] of [
    ['AWS::SQS::Queue', 'KmsMasterKeyId'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId'],
    ['AWS::Logs::LogGroup', 'KmsKeyId'],
    ['AWS::S3::Bucket', 'BucketEncryption'],
    ['AWS::S3::Bucket', 'PublicAccessBlockConfiguration'],
  ] as const) {
    expect(named(type, setting)).not.toEqual([]);
    expect(named(type, setting)).not.toContain(undefined);
  }
});

test('what only a stack can know is told of all models at once, each with its file', () => {
  const shadow = SHADOW.replace(
    'variants:',
    'kmsKey: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", variants:',
  );
  const synthesize = () =>
    withFolder(
      {
        'models/a.yaml': modelYaml({ shadow }),
        'models/b.yaml': churnYaml({ shadow: shadow.replace('v2', 'v3') }),
        'capture-relay.yaml': 'account: "111122223333"\nregion: eu-central-1\n',
      },
      relayTemplates,
    );

  expect(synthesize).toThrow(
    /models\/a\.yaml:6 shadow\.test\.kmsKey is a key of region us-east-1.*\n.*models\/b\.yaml:6 shadow\.test\.kmsKey/,
  );
});
