import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ShadowTest, type ShadowTestProps } from '../../../lib/constructs/shadow-test';
import { shadowCapture } from '../../../src/config/shadow-capture';
import type { RawShadowTest } from '../../../src/config/shadow-test';
import { LIMITS, shadowTestSettings } from '../../support/shadow-tests';

// The built-in check takes 2 s for each test file; the examples are synthesized with it.
process.env.CDK_VALIDATION = 'false';

const EXPERIMENT = 'AWS::SageMaker::InferenceExperiment';
const CAPTURE = { bucket: 'ml-captures', prefix: 'captures/credit-risk/' };
const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ENV = { account: '111122223333', region: 'eu-west-1' };

function synthesize(
  change: Partial<RawShadowTest> = {},
  props: (stack: Stack) => Partial<ShadowTestProps> = () => ({}),
) {
  const stack = new Stack(new App(), 'CreditRisk', { env: ENV });
  const test = shadowTestSettings(change);
  const storage = shadowCapture({ model: 'credit-risk', capture: CAPTURE, shadow: { test } });
  new ShadowTest(stack, 'ShadowTest', { test, storage, endpointName: 'Credit-Risk', ...props(stack) });
  return { stack, template: Template.fromStack(stack) };
}

const WITHOUT_MODELS = shadowTestSettings().variants.map(({ variant, instanceType, instanceCount }) => ({
  variant,
  instanceType,
  instanceCount,
}));

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}
function statements(template: Template): Statement[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')) as {
    Properties: { PolicyDocument: { Statement: Statement[] } };
  }[];
  return policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
}
const kmsStatements = (template: Template): Statement[] =>
  statements(template).filter(({ Action }) => [Action].flat().some((action) => action.startsWith('kms:')));

describe('a shadow test', () => {
  test('is the experiment that its settings say, with captures that are text', () => {
    const { template } = synthesize({
      description: 'Challenger of December',
      schedule: { start: '2026-12-01T10:00:00+01:00', end: '2026-12-15T09:00:00Z' },
      kmsKey: 'alias/volumes',
      dataStorage: { kmsKey: 'alias/captures' },
      tags: [{ key: 'owner', value: 'risk' }],
    });

    expect(Object.values(template.findResources(EXPERIMENT))).toMatchObject([
      {
        Properties: {
          Name: 'challenger-2026-12',
          Type: 'ShadowMode',
          EndpointName: 'Credit-Risk',
          Description: 'Challenger of December',
          RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ShadowTestRole/) as string, 'Arn'] },
          KmsKey: 'alias/volumes',
          ModelVariants: ['AllTraffic', 'Challenger'].map((VariantName, at) => ({
            VariantName,
            ModelName: `credit-risk-${7 + at}`,
            InfrastructureConfig: {
              InfrastructureType: 'RealTimeInference',
              RealTimeInferenceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large' },
            },
          })),
          ShadowModeConfig: {
            SourceModelVariantName: 'AllTraffic',
            ShadowModelVariants: [{ ShadowModelVariantName: 'Challenger', SamplingPercentage: 100 }],
          },
          Schedule: { StartTime: '2026-12-01T09:00:00Z', EndTime: '2026-12-15T09:00:00Z' },
          DataStorageConfig: {
            Destination: 's3://ml-captures/shadow-tests/credit-risk',
            KmsKey: 'alias/captures',
            ContentType: {
              CsvContentTypes: ['text/csv'],
              JsonContentTypes: ['application/json', 'application/jsonlines'],
            },
          },
          Tags: [{ Key: 'owner', Value: 'risk' }],
        },
      },
    ]);
  });

  test('captures unless it says that it does not', () => {
    const { template } = synthesize({ capture: false });

    template.hasResourceProperties(EXPERIMENT, { DataStorageConfig: Match.absent() });
    expect(JSON.stringify(statements(template))).not.toContain('s3:PutObject');
  });

  test('puts its ARN out', () => {
    const { template } = synthesize();

    expect(Object.values(template.findOutputs('*'))).toMatchObject([
      { Value: { 'Fn::GetAtt': [expect.stringMatching(/^ShadowTestExperiment/) as string, 'Arn'] } },
    ]);
  });

  test('without schedule is told of, and is no warning', () => {
    const { stack } = synthesize();

    const annotations = Annotations.fromStack(stack);
    annotations.hasInfo('*', Match.stringLikeRegexp('starts at once and ends after 7 days'));
    expect(annotations.findWarning('*', Match.anyValue())).toEqual([]);
  });

  test.each(LIMITS)('%s: with the last good value it synthesizes, the next one fails', (what, good, bad) => {
    synthesize(good).template.resourceCountIs(EXPERIMENT, 1);
    // The place of the captures is checked with the model.
    if (!what.startsWith('a destination')) expect(() => synthesize(bad)).toThrow(/shadow\.test\./);
  });

  test.each<[string, Partial<RawShadowTest>, Partial<ShadowTestProps>, RegExp]>([
    ['an endpoint', {}, { endpointName: undefined as never }, /shadow\.test\.endpoint is missing/],
    ['a model', { variants: WITHOUT_MODELS }, {}, /shadow\.test\.variants\[0\]\.model is missing/],
    ['a place for its captures', {}, { storage: null }, /shadow\.test\.dataStorage is missing/],
  ])('without %s is refused', (_, change, props, message) => {
    expect(() => synthesize(change, () => props)).toThrow(message);
  });

  test('takes the model of the same deployment for variants that name none', () => {
    const { template } = synthesize({ variants: WITHOUT_MODELS }, () => ({ modelName: 'made-here' }));

    template.hasResourceProperties(EXPERIMENT, {
      ModelVariants: [Match.objectLike({ ModelName: 'made-here' }), Match.objectLike({ ModelName: 'made-here' })],
    });
  });
});

describe('the role of a shadow test', () => {
  test('is trusted to SageMaker alone, and manages this endpoint alone, in the letters of its ARN', () => {
    const { template } = synthesize();

    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' } }],
      },
    });
    const endpoint = statements(template).find(({ Action }) => Action.includes('sagemaker:UpdateEndpoint'));
    expect(JSON.stringify(endpoint?.Resource)).toMatch(/endpoint\/Credit-Risk".*endpoint\/credit-risk"/);
  });

  test('writes below the prefix of the test and reads the model data that it is told of, and no other object', () => {
    const { template } = synthesize({}, () => ({ modelDataUrls: ['s3://models/credit/8.tar.gz'] }));

    const ofS3 = statements(template).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('s3:')),
    );
    expect(ofS3.map(({ Action, Resource }) => [Action, JSON.stringify(Resource).match(/:s3:::[^"]*/)?.[0]])).toEqual([
      ['s3:GetObject', ':s3:::models/credit/8.tar.gz'],
      ['s3:PutObject', ':s3:::ml-captures/shadow-tests/credit-risk/*'],
    ]);
  });

  test('that is given is used and left as it is', () => {
    const role = 'arn:aws:iam::111122223333:role/shadow-tests';
    const { template } = synthesize({ role, kmsKey: ID });

    template.hasResourceProperties(EXPERIMENT, { RoleArn: role });
    template.resourceCountIs('AWS::IAM::Role', 0);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test("shares the right to write with the role of the deployment's own models", () => {
    const { template } = synthesize({ dataStorage: { kmsKey: ID } }, (stack) => ({
      modelRole: new Role(stack, 'ModelRole', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') }),
    }));

    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^ModelRole') }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: 's3:PutObject' }),
          Match.objectLike({ Action: ['kms:GenerateDataKey', 'kms:Decrypt'] }),
        ],
      },
    });
  });
});

const KEYS: [string, string, object | null][] = [
  [ID, `:kms:eu-west-1:111122223333:key/${ID}`, null],
  [`arn:aws:kms:eu-west-1:444455556666:key/${ID}`, `:kms:eu-west-1:444455556666:key/${ID}`, null],
  ['alias/mine', ':kms:eu-west-1:111122223333:key/*', { 'kms:ResourceAliases': 'alias/mine' }],
  [
    'arn:aws:kms:eu-west-1:444455556666:alias/theirs',
    ':kms:eu-west-1:444455556666:key/*',
    { 'kms:ResourceAliases': 'alias/theirs' },
  ],
];

describe('a key of a shadow test', () => {
  test.each(KEYS)('%s for its volumes is written as it is, granted, and told of', (kmsKey, arn, alias) => {
    const { stack, template } = synthesize({ kmsKey });

    template.hasResourceProperties(EXPERIMENT, { KmsKey: kmsKey });
    const granted = kmsStatements(template);
    expect(
      granted.map(({ Resource }) => JSON.stringify(Resource).endsWith(`${arn}"]]}`) || Resource === `arn:aws${arn}`),
    ).toEqual([true, true]);
    const actions = granted.flatMap(({ Action }) => Action);
    expect(actions).toContain('kms:CreateGrant');
    expect(actions.includes('kms:Encrypt')).toBe(!kmsKey.includes(':key/'));
    for (const { Condition } of granted)
      if (alias !== null) expect(Condition).toMatchObject({ 'ForAnyValue:StringEquals': alias });
    Annotations.fromStack(stack).hasInfo('*', Match.stringLikeRegexp('shadow.test.kmsKey .*must hold this statement'));
  });

  test.each(KEYS)(
    '%s for its captures is written as it is, granted through S3 alone, and told of',
    (kmsKey, arn, alias) => {
      const { stack, template } = synthesize({ dataStorage: { kmsKey } });

      template.hasResourceProperties(EXPERIMENT, { DataStorageConfig: { KmsKey: kmsKey } });
      const granted = kmsStatements(template);
      expect(granted.map(({ Action }) => Action)).toEqual([['kms:GenerateDataKey', 'kms:Decrypt']]);
      expect(JSON.stringify(granted[0]?.Resource)).toContain(arn);
      expect(granted[0]?.Condition).toEqual({
        StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
        ...(alias === null ? {} : { 'ForAnyValue:StringEquals': alias }),
      });
      Annotations.fromStack(stack).hasInfo(
        '*',
        Match.stringLikeRegexp('dataStorage.kmsKey .*must hold this statement'),
      );
    },
  );

  test('of the bucket encrypts captures where the settings name none, and is granted', () => {
    const { stack, template } = synthesize({}, (scope) => ({ captureKey: new Key(scope, 'BucketKey') }));

    const arn = { 'Fn::GetAtt': [expect.stringMatching(/^BucketKey/) as string, 'Arn'] };
    const [experiment] = Object.values(template.findResources(EXPERIMENT));
    expect(experiment).toMatchObject({ Properties: { DataStorageConfig: { KmsKey: arn } } });
    expect(kmsStatements(template)).toMatchObject([{ Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: arn }]);
    expect(Annotations.fromStack(stack).findInfo('*', Match.stringLikeRegexp('must hold this statement'))).toEqual([]);
  });

  test('of another region is refused', () => {
    expect(() => synthesize({ dataStorage: { kmsKey: `arn:aws:kms:us-west-2:111122223333:key/${ID}` } })).toThrow(
      /shadow\.test\.dataStorage\.kmsKey is a key of region us-west-2/,
    );
  });
});
