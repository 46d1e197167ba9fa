// The built-in check takes 2 s for each test file; the examples are synthesized with it.
process.env.CDK_VALIDATION = 'false';

import { App, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CapturedEndpoint } from '../../../lib/constructs/captured-endpoint';
import { captureSchema } from '../../../src/config/deploy/capture-schema';
import { type CreateEndpointSettings, endpointSchema } from '../../../src/config/deploy/endpoint-schema';
import { onlyResource, resourcesOf, statementLines } from '../../support/flat-template';
import type { TemplateJson } from '../../support/relay-templates';

const ENV = { account: '111122223333', region: 'eu-west-1' };
const IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/credit-risk:1';
const SHORT = { image: IMAGE, modelDataUrl: 's3://models/credit-risk/model.tar.gz', instanceType: 'ml.m5.large' };
const VARIANT = { image: IMAGE, instanceType: 'ml.m5.large' };
const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const S3 = 's3.eu-west-1.amazonaws.com';

/** As a configuration would have it: through the schema, so that no test uses what a user cannot write. */
function synthesize(create: object, capture: object = {}, withKey = false) {
  const stack = new Stack(new App(), 'CreditRisk', { env: ENV });
  const endpoint = new CapturedEndpoint(stack, 'Endpoint', {
    settings: endpointSchema.parse({ create }).create as CreateEndpointSettings,
    capture: captureSchema.parse({ bucket: 'ml-captures', prefix: 'captures/credit-risk/', ...capture }),
    defaultName: 'credit-risk',
    ...(withKey ? { captureKey: Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:111122223333:key/${ID}`) } : {}),
  });
  const template = Template.fromStack(stack).toJSON() as TemplateJson;
  const config = onlyResource(template, 'AWS::SageMaker::EndpointConfig').properties;
  return { stack, endpoint, template, config, made: onlyResource(template, 'AWS::SageMaker::Endpoint').properties };
}

describe('the data capture of an endpoint', () => {
  test('takes everything, both sides, as text, and no more is said than that', () => {
    expect(synthesize(SHORT).config.DataCaptureConfig).toEqual({
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://ml-captures/captures/credit-risk',
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: {
        CsvContentTypes: ['text/csv'],
        JsonContentTypes: ['application/json', 'application/jsonlines'],
      },
    });
  });

  test('is what the configuration says, where a reason is given', () => {
    const { config } = synthesize(SHORT, {
      partial: 'load test',
      samplingPercentage: 5,
      modes: ['Output'],
      enabled: false,
      contentTypes: { csv: ['application/csv'] },
      kmsKey: 'alias/captures',
    });

    expect(config.DataCaptureConfig).toEqual({
      EnableCapture: false,
      InitialSamplingPercentage: 5,
      DestinationS3Uri: 's3://ml-captures/captures/credit-risk',
      CaptureOptions: [{ CaptureMode: 'Output' }],
      CaptureContentTypeHeader: {
        CsvContentTypes: ['application/csv'],
        JsonContentTypes: ['application/json', 'application/jsonlines'],
      },
      KmsKeyId: 'alias/captures',
    });
  });

  test("is encrypted with the bucket's key, where none is named", () => {
    expect(synthesize(SHORT, {}, true).config.DataCaptureConfig).toMatchObject({
      KmsKeyId: `arn:aws:kms:eu-west-1:111122223333:key/${ID}`,
    });
  });
});

test('the endpoint configuration has no name, so that it can be replaced, and the endpoint has one', () => {
  const { config, made } = synthesize(SHORT);

  expect(config).not.toHaveProperty('EndpointConfigName');
  expect(made).toEqual({
    EndpointName: 'credit-risk',
    EndpointConfigName: expect.stringMatching(/^\$\{EndpointConfig.*\.EndpointConfigName\}$/),
  });
});

describe('the role of an endpoint', () => {
  const ALWAYS = [
    'Allow ecr:GetAuthorizationToken on *',
    'Allow cloudwatch:PutMetricData on * if {"StringLike":{"cloudwatch:namespace":["AWS/SageMaker","/aws/sagemaker/*"]}}',
    'Allow logs:CreateLogGroup, logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/sagemaker/Endpoints/*',
  ];
  const PULL = 'Allow ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on';
  const roleOf = (template: TemplateJson): string[] => statementLines(onlyResource(template, 'AWS::IAM::Role'));

  test('writes captures below the prefix, reads its model, pulls its image, and may nothing else', () => {
    expect(roleOf(synthesize(SHORT, {}, true).template)).toEqual([
      'Allow s3:PutObject on arn:${AWS::Partition}:s3:::ml-captures/captures/credit-risk/*',
      `Allow kms:GenerateDataKey, kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/${ID} if {"StringEquals":{"kms:ViaService":"${S3}"}}`,
      'Allow s3:GetObject on arn:${AWS::Partition}:s3:::models/credit-risk/model.tar.gz',
      `${PULL} arn:\${AWS::Partition}:ecr:eu-west-1:111122223333:repository/credit-risk`,
      ...ALWAYS,
    ]);
  });

  test('of a model package reads the package, whose image may lie anywhere', () => {
    const modelPackage = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/7';

    expect(roleOf(synthesize({ modelPackage, instanceType: 'ml.m5.large' }).template)).toEqual([
      'Allow s3:PutObject on arn:${AWS::Partition}:s3:::ml-captures/captures/credit-risk/*',
      `Allow sagemaker:DescribeModelPackage on ${modelPackage}`,
      `${PULL} *`,
      ...ALWAYS,
    ]);
  });

  const VOLUME = 'Allow kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext, kms:DescribeKey on';
  const GRANTS = '{"Bool":{"kms:GrantIsForAWSResource":"true"}}';
  const ALIAS = '"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/volumes"}';
  const ARN = 'arn:aws:kms:eu-west-1:111122223333:key';
  const OWN = 'arn:${AWS::Partition}:kms:eu-west-1:111122223333:key';
  test.each([
    ['id', ID, `${OWN}/${ID}`, null],
    ['ARN', `${ARN}/${ID}`, `${ARN}/${ID}`, null],
    ['alias', 'alias/volumes', `${OWN}/*`, ALIAS],
    ['ARN of an alias', 'arn:aws:kms:eu-west-1:111122223333:alias/volumes', `${ARN}/*`, ALIAS],
  ])('may use the key of the volumes that is named by its %s', (_, volumeKmsKey, resource, alias) => {
    const { config, template } = synthesize({ ...SHORT, volumeKmsKey });
    const conditions = alias === null ? ['', ` if ${GRANTS}`] : [` if {${alias}}`, ` if {${alias},${GRANTS.slice(1)}`];

    expect(config.KmsKeyId).toBe(volumeKmsKey);
    expect(roleOf(template).filter((line) => line.includes('kms:'))).toEqual([
      `${VOLUME} ${resource}${conditions[0]}`,
      `Allow kms:CreateGrant on ${resource}${conditions[1]}`,
    ]);
  });

  test('may join a network, where one is given', () => {
    const vpc = { subnets: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'], securityGroups: ['sg-0a1b2c3d'] };
    const { template } = synthesize({ ...SHORT, vpc, networkIsolation: true });

    expect(roleOf(template).at(-1)).toMatch(/^Allow ec2:CreateNetworkInterface, .* on \*$/);
    expect(onlyResource(template, 'AWS::SageMaker::Model').properties).toMatchObject({
      VpcConfig: { Subnets: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'], SecurityGroupIds: ['sg-0a1b2c3d'] },
      EnableNetworkIsolation: true,
    });
  });

  test('that was made elsewhere is used, and told what it must hold', () => {
    const role = 'arn:aws:iam::111122223333:role/ml';
    const { stack, endpoint, template } = synthesize({ ...SHORT, role });

    expect(resourcesOf(template, 'AWS::IAM::Role')).toEqual([]);
    expect(endpoint.role).toBeNull();
    expect(onlyResource(template, 'AWS::SageMaker::Model').properties.ExecutionRoleArn).toBe(role);
    Annotations.fromStack(stack).hasInfo(
      '/CreditRisk/Endpoint',
      Match.stringLikeRegexp(`^${role} must hold these statements, or nothing is captured:\n[\\s\\S]*s3:PutObject`),
    );
  });
});

describe('the variants of an endpoint', () => {
  test('are one of the short form, with the folder name of SageMaker', () => {
    const { config, template, endpoint } = synthesize({ ...SHORT, instanceCount: 3, environment: { LOG: 'warning' } });
    const { id, properties } = onlyResource(template, 'AWS::SageMaker::Model');

    expect(config.ProductionVariants).toEqual([
      {
        VariantName: 'AllTraffic',
        ModelName: `\${${id}.ModelName}`,
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: 3,
        InitialVariantWeight: 1,
      },
    ]);
    expect(properties.PrimaryContainer).toEqual({
      Image: IMAGE,
      ModelDataUrl: SHORT.modelDataUrl,
      Environment: { LOG: 'warning' },
    });
    expect(endpoint.variants).toEqual(['AllTraffic']);
  });

  test('share the traffic by their weights, each with a model of its own', () => {
    const { config, template } = synthesize({
      variants: [
        { name: 'A', ...VARIANT, weight: 9 },
        { name: 'B', ...VARIANT, weight: 1, instanceCount: 2 },
      ],
    });

    expect(config.ProductionVariants).toMatchObject([
      { VariantName: 'A', InitialVariantWeight: 9, InitialInstanceCount: 1 },
      { VariantName: 'B', InitialVariantWeight: 1, InitialInstanceCount: 2 },
    ]);
    expect(resourcesOf(template, 'AWS::SageMaker::Model')).toHaveLength(2);
  });

  test('run a model package with the specification and the environment that are asked for', () => {
    const modelPackage = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/7';
    const { template } = synthesize({
      modelPackage,
      inferenceSpecification: 'gpu',
      environment: { A: 'b' },
      instanceType: 'ml.g5.xlarge',
    });

    expect(onlyResource(template, 'AWS::SageMaker::Model').properties.PrimaryContainer).toEqual({
      ModelPackageName: modelPackage,
      InferenceSpecificationName: 'gpu',
      Environment: { A: 'b' },
    });
  });

  test('have a shadow beside them, whose weight is its share of the traffic', () => {
    const { config, endpoint } = synthesize({
      ...SHORT,
      shadowVariants: [{ name: 'Shadow', ...VARIANT, samplingPercentage: 25 }],
    });

    expect(config.ShadowProductionVariants).toMatchObject([{ VariantName: 'Shadow', InitialVariantWeight: 0.25 }]);
    expect([endpoint.variants, endpoint.shadowVariants]).toEqual([['AllTraffic'], ['Shadow']]);
  });

  test('scale by invocations, each by itself, and keep what scaling has left when they are updated', () => {
    const autoscaling = { minInstances: 2, maxInstances: 8, invocationsPerInstance: 600 };
    const { template, config, made } = synthesize({
      variants: [
        { name: 'X', ...VARIANT, autoscaling },
        { name: 'PolicyX', ...VARIANT, autoscaling },
        { name: 'Fixed', ...VARIANT },
      ],
    });
    const targets = resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
    const policies = resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalingPolicy');

    expect(config.ProductionVariants).toMatchObject([
      { InitialInstanceCount: 2 },
      { InitialInstanceCount: 2 },
      { InitialInstanceCount: 1 },
    ]);
    expect(targets.map(({ properties }) => properties.ResourceId)).toEqual([
      'endpoint/credit-risk/variant/X',
      'endpoint/credit-risk/variant/PolicyX',
    ]);
    expect(targets[0]).toMatchObject({
      properties: {
        ServiceNamespace: 'sagemaker',
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
        MinCapacity: 2,
        MaxCapacity: 8,
      },
      dependsOn: [onlyResource(template, 'AWS::SageMaker::Endpoint').id],
    });
    expect(policies[0]?.properties).toMatchObject({
      ScalingTargetId: `\${${targets[0]?.id}}`,
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        TargetValue: 600,
      },
    });
    expect(made.RetainAllVariantProperties).toBe(true);
  });

  test('that do not scale take their number from the configuration at every update', () => {
    expect(synthesize(SHORT).made).not.toHaveProperty('RetainAllVariantProperties');
  });
});

describe('an update of an endpoint', () => {
  test('moves a part of the traffic first, and goes back by alarms', () => {
    const { made } = synthesize({ ...SHORT, deployment: { traffic: 'canary', rollbackAlarms: ['churn-5xx'] } });

    expect(made.DeploymentConfig).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          WaitIntervalInSeconds: 600,
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: 10 },
        },
        TerminationWaitInSeconds: 0,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'churn-5xx' }] },
    });
  });

  test('moves it step by step', () => {
    const deployment = {
      traffic: 'linear',
      stepPercent: 25,
      waitSeconds: 60,
      terminationWaitSeconds: 120,
      maximumExecutionSeconds: 900,
    };

    expect(synthesize({ ...SHORT, deployment }).made.DeploymentConfig).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'LINEAR',
          WaitIntervalInSeconds: 60,
          LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 25 },
        },
        TerminationWaitInSeconds: 120,
        MaximumExecutionTimeoutInSeconds: 900,
      },
    });
  });
});

describe('an endpoint made by a program', () => {
  const capture = { bucket: 'ml-captures', prefix: 'captures/credit-risk/' };
  const make = (settings: unknown, captured: typeof capture = capture) => {
    const stack = new Stack(new App(), 'CreditRisk', { env: ENV });
    return new CapturedEndpoint(stack, 'Endpoint', {
      // As a program in JavaScript may hand it over.
      settings: settings as CreateEndpointSettings,
      capture: captured,
      defaultName: 'credit-risk',
    });
  };

  test.each([
    ['a part of the traffic without a reason', SHORT, { ...capture, samplingPercentage: 20 }, /samplingPercentage/],
    ['a serverless variant', { ...SHORT, serverless: { maxConcurrency: 5 } }, capture, /serverless variants do not/],
    ['no instance type', { image: IMAGE }, capture, /endpoint\.create\.instanceType is missing/],
    ['an unknown instance type', { ...SHORT, instanceType: 'ml.m5.huge' }, capture, /ml\.m5\.huge.*take one of ml\.m5/],
    ['a prefix without its end', SHORT, { ...capture, prefix: 'captures' }, /must end with "\/"/],
  ])('with %s is refused', (_, settings, captured, message) => {
    expect(() => make(settings, captured)).toThrow(message);
  });

  test('may take texts that are known only at deployment', () => {
    const token = (name: string): string => Fn.importValue(name);
    const settings = { ...SHORT, image: token('image'), modelDataUrl: token('data'), instanceType: token('type') };

    expect(() => make(settings, { ...capture, bucket: token('bucket') })).not.toThrow();
  });

  test('gives a shadow variant its share of whatever weight the production variant has', () => {
    const { config } = synthesize({
      variants: [{ ...VARIANT, name: 'Live', weight: 5 }],
      shadowVariants: [{ ...VARIANT, name: 'Shadow', samplingPercentage: 40 }],
    });

    expect(config.ShadowProductionVariants).toMatchObject([{ InitialVariantWeight: 2 }]);
  });
});
