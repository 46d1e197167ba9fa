import { App } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { relayApp } from '../../../lib/app/relay-app';
import { loadModels } from '../../../lib/config/load-models';
import { onlyResource, flatResources, resourcesOf, statementLines } from '../../support/flat-template';
import { captureYaml, churnYaml, createYaml, modelYaml } from '../../support/model-yaml';
import { relayTemplates, removePackages, type TemplateJson, withFolder } from '../../support/relay-templates';

/** The stacks of a folder with these files. */
const stacksOf = (files: Record<string, string>) => withFolder(files, relayTemplates);

function stackOf(parts: Parameters<typeof modelYaml>[0] = {}, settings = ''): TemplateJson {
  const { CreditRisk } = stacksOf({ 'models/a.yaml': modelYaml(parts), 'capture-relay.yaml': settings });
  if (CreditRisk === undefined) throw new Error('there is no stack CreditRisk');
  return CreditRisk;
}

const typesOf = (template: TemplateJson): string[] => flatResources(template).map(({ type }) => type);
const EXISTING = { endpoint: 'endpoint: { existing: credit-risk-prod }' };
const SHADOW_TEST =
  'shadow: { test: { name: v2, endpoint: credit-risk-prod, variants: [{ variant: Live, model: v1, instanceType: ml.m5.large, instanceCount: 1 }, { variant: S, model: v2, instanceType: ml.m5.large, instanceCount: 1 }], sourceVariant: Live, shadowVariant: { variant: S, samplingPercentage: 50 }, dataStorage: DATA_STORAGE } }';
const shadowTest = (dataStorage = '{ prefix: shadow-tests/credit-risk/ }') => ({
  shadow: SHADOW_TEST.replace('DATA_STORAGE', dataStorage),
});

afterAll(removePackages);

describe('the stack of a model', () => {
  test('makes the endpoint once its captures are watched', () => {
    const template = stackOf();
    const rules = onlyResource(template, 'Custom::CaptureNotifications');

    expect(onlyResource(template, 'AWS::SageMaker::Endpoint').dependsOn).toContain(rules.id);
    expect(onlyResource(template, 'AWS::SageMaker::EndpointConfig').dependsOn).toContain(rules.id);
  });

  test('with an endpoint that is there makes nothing of SageMaker', () => {
    const template = stackOf({ ...EXISTING, ...captureYaml('store: existing') });

    expect(typesOf(template).filter((type) => type.startsWith('AWS::SageMaker'))).toEqual([]);
    expect(JSON.stringify(template)).toContain('"Value":"credit-risk-prod"');
  });

  test('calls an endpoint without a name after the model, in letters that SageMaker takes', () => {
    const template = stackOf({ model: 'model: Credit_Risk' });

    expect(onlyResource(template, 'AWS::SageMaker::Endpoint').properties.EndpointName).toBe('Credit-Risk');
  });

  test('has no prefix of a package in it: the configuration travels inside, word for word', () => {
    const { properties } = resourcesOf(stackOf(), 'AWS::Lambda::Function').find(({ id }) => id.includes('Forward')) ?? {
      properties: {},
    };

    expect(JSON.stringify(properties)).not.toContain('arthur.ai');
  });
});

describe('the bucket of captures', () => {
  test('that is shared is made by the store, once, and by no model', () => {
    const { Store, CreditRisk, Churn } = stacksOf({ 'models/a.yaml': modelYaml(), 'models/b.yaml': churnYaml() });
    const names = (template?: TemplateJson): unknown[] =>
      template === undefined
        ? []
        : resourcesOf(template, 'AWS::S3::Bucket').map(({ properties }) => properties.BucketName);

    expect(names(Store)).toContain('ml-captures');
    expect([names(CreditRisk), names(Churn)]).toEqual([[], []]);
  });

  test("of a model's own is made in its stack, before its rules are written", () => {
    const template = stackOf(captureYaml('store: own'));
    const bucket = onlyResource(template, 'AWS::S3::Bucket');

    expect(bucket.properties.BucketName).toBe('ml-captures');
    expect(onlyResource(template, 'Custom::CaptureNotifications').dependsOn).toContain(bucket.id);
  });

  test('that is there is not made, and its key can be used to write and to read', () => {
    const kmsKey = 'arn:aws:kms:eu-west-1:999900001111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const { Store, CreditRisk } = stacksOf({
      'models/a.yaml': modelYaml(captureYaml(`store: existing, kmsKey: "${kmsKey}"`)),
    });
    const roles = CreditRisk === undefined ? [] : resourcesOf(CreditRisk, 'AWS::IAM::Role').flatMap(statementLines);
    const viaS3 = 'if {"StringEquals":{"kms:ViaService":"s3.${AWS::Region}.amazonaws.com"}}';

    const buckets = [Store, CreditRisk].flatMap((stack) =>
      stack === undefined ? [] : resourcesOf(stack, 'AWS::S3::Bucket'),
    );

    expect(buckets.map(({ properties }) => properties.BucketName)).not.toContain('ml-captures');
    expect(roles.filter((line) => line.includes('999900001111'))).toEqual([
      `Allow kms:Decrypt on ${kmsKey} ${viaS3}`,
      `Allow kms:Decrypt, kms:GenerateDataKey on ${kmsKey} ${viaS3}`,
    ]);
  });

  test('that is there without a key is written to without one', () => {
    const template = stackOf(captureYaml('store: existing'));

    expect(onlyResource(template, 'AWS::SageMaker::EndpointConfig').properties.DataCaptureConfig).not.toHaveProperty(
      'KmsKeyId',
    );
  });
});

describe('an endpoint under a role that was made elsewhere', () => {
  const infosOf = (settings: string, model = modelYaml(createYaml(ROLE))): string[] =>
    withFolder({ 'models/a.yaml': model, 'capture-relay.yaml': settings }, (directory) => {
      const { models } = relayApp(new App(), loadModels(directory));
      return models.flatMap((stack) =>
        Annotations.fromStack(stack)
          .findInfo('*', Match.stringLikeRegexp('must hold these statements'))
          .map(({ entry }) => entry.data as string),
      );
    });
  const ROLE = 'role: arn:aws:iam::111122223333:role/ml, instanceType: ml.m5.large';

  test('is told statements that can be pasted: no function of CloudFormation, and where to find what is made', () => {
    const [text = ''] = infosOf('');

    expect(JSON.parse(text.slice(text.indexOf('\n')))).toEqual({
      Statement: [
        {
          Action: 's3:PutObject',
          Effect: 'Allow',
          Resource: 'arn:aws:s3:::ml-captures/captures/credit-risk/*',
          Sid: 'WriteCaptures',
        },
        {
          Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
          Condition: { StringEquals: { 'kms:ViaService': 's3.<region>.amazonaws.com' } },
          Effect: 'Allow',
          Resource: '<output KeyArn of stack capture-relay-store>',
        },
      ],
      Version: '2012-10-17',
    });
  });

  test('is told them for the region of the application, where it has one', () => {
    const there = modelYaml(createYaml(ROLE))
      .replace('arn:aws:iam', 'arn:aws-cn:iam')
      .replace('eu-central-1.amazonaws.com', 'cn-north-1.amazonaws.com.cn');
    const [text] = infosOf('region: cn-north-1', there);

    expect(text).toContain('"arn:aws-cn:s3:::ml-captures/captures/credit-risk/*"');
    expect(text).toContain('"s3.cn-north-1.amazonaws.com"');
  });
});

describe('a shadow test', () => {
  test('is watched by a rule of its own on the same bucket, under a name that plan knows', () => {
    const rules = onlyResource(stackOf({ ...EXISTING, ...shadowTest() }), 'Custom::CaptureNotifications');

    expect(rules.properties.Rules).toMatchObject([
      { Id: 'credit-risk', Prefix: 'captures/credit-risk/' },
      { Id: 'credit-risk-shadow', Prefix: 'shadow-tests/credit-risk/' },
    ]);
  });

  test('in another bucket is watched there, under the same name', () => {
    const template = stackOf({ ...EXISTING, ...shadowTest('{ bucket: tests, prefix: t/ }') });

    expect(resourcesOf(template, 'Custom::CaptureNotifications').map(({ properties }) => properties)).toMatchObject([
      { BucketName: 'ml-captures', Rules: [{ Id: 'credit-risk' }] },
      { BucketName: 'tests', Rules: [{ Id: 'credit-risk-shadow', Prefix: 't/' }] },
    ]);
  });

  const storageOf = (template: TemplateJson) =>
    onlyResource(template, 'AWS::SageMaker::InferenceExperiment').properties.DataStorageConfig;

  test('writes with the key of a bucket that is made here, which its role may use', () => {
    const template = stackOf({ ...EXISTING, ...shadowTest() });
    const policies = resourcesOf(template, 'AWS::IAM::Policy').flatMap(statementLines);

    expect(storageOf(template)).toMatchObject({ KmsKey: { 'Fn::ImportValue': expect.stringContaining('Key') } });
    expect(policies).toContainEqual(expect.stringMatching(/^Allow kms:Decrypt, kms:GenerateDataKey on .*ViaService/));
  });

  test('writes with the key that capture names, where it shares the bucket', () => {
    const parts = { ...EXISTING, ...captureYaml('store: existing, kmsKey: alias/captures') };

    expect(storageOf(stackOf({ ...parts, ...shadowTest() }))).toMatchObject({ KmsKey: 'alias/captures' });
    expect(storageOf(stackOf({ ...parts, ...shadowTest('{ bucket: tests, prefix: t/ }') }))).not.toHaveProperty(
      'KmsKey',
    );
  });

  test('begins when its endpoint is there, with the model that is made here', () => {
    const template = stackOf({
      ...createYaml('name: credit-risk-prod, instanceType: ml.m5.large'),
      shadow: shadowTest().shadow.replaceAll('Live', 'AllTraffic').replace('model: v1, ', ''),
    });
    const experiment = onlyResource(template, 'AWS::SageMaker::InferenceExperiment');

    expect(experiment.dependsOn).toContain(onlyResource(template, 'AWS::SageMaker::Endpoint').id);
    expect(experiment.properties.ModelVariants).toMatchObject([
      { ModelName: `\${${onlyResource(template, 'AWS::SageMaker::Model').id}.ModelName}` },
      { ModelName: 'v2' },
    ]);
  });
});
