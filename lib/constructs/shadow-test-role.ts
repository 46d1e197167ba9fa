import { Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CapturePlace } from '../../src/config/shadow-capture';
import type { RawShadowTest } from '../../src/config/shadow-test';
import { type ChosenKey, chosenKey, chosenKeyStatements } from '../kms/chosen-key';
import { placeOf } from '../kms/place-of';
import { acknowledgeWildcards } from '../nag/acknowledge';

export interface ShadowTestRoleProps {
  readonly test: RawShadowTest;
  readonly storage: CapturePlace | null;
  /** Of the captures in S3. */
  readonly captureKey: ChosenKey | null;
  readonly endpointName: string;
  /** SageMaker models of the variants. */
  readonly models: readonly string[];
  /** `s3://bucket/key` of their model data. */
  readonly modelDataUrls?: readonly string[];
}

/**
 * RoleArn of CreateInferenceExperiment: SageMaker assumes it "to access model artifacts and container images, and manage
 * Amazon SageMaker Inference endpoints for model deployment". AWS publishes no policy for it; this is what those words
 * need on this endpoint.
 */
export class ShadowTestRole extends Role {
  constructor(scope: Construct, id: string, props: ShadowTestRoleProps) {
    const { test } = props;
    super(scope, id, {
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Shadow test ${test.name}`,
    });
    const stack = Stack.of(this);
    const statements = [
      ...endpointStatements(props, stack),
      ...imageStatements(stack),
      ...modelDataStatements(props, stack),
      ...captureStatements(props, stack),
      ...chosenKeyStatements(chosenKey(test.kmsKey, null), 'experiment', placeOf(stack)),
    ];
    for (const statement of statements) this.addToPolicy(statement);
    acknowledgeWildcards(
      this,
      statements,
      'Names that SageMaker makes, images in accounts of AWS, keys by alias, an action that knows no resource.',
    );
  }
}

function endpointStatements({ test, endpointName, models }: ShadowTestRoleProps, stack: Stack): PolicyStatement[] {
  const arns = (resource: string, name: string): string[] =>
    // SageMaker writes names in small letters into its ARNs.
    [...new Set([name, Token.isUnresolved(name) ? name : name.toLowerCase()])].map((each) =>
      stack.formatArn({ service: 'sagemaker', resource, resourceName: each }),
    );
  return [
    new PolicyStatement({
      actions: [
        'sagemaker:DescribeEndpoint',
        'sagemaker:UpdateEndpoint',
        'sagemaker:UpdateEndpointWeightsAndCapacities',
        'sagemaker:AddTags',
      ],
      resources: arns('endpoint', endpointName),
    }),
    new PolicyStatement({
      actions: [
        'sagemaker:CreateEndpointConfig',
        'sagemaker:DescribeEndpointConfig',
        'sagemaker:DeleteEndpointConfig',
        'sagemaker:AddTags',
      ],
      // The test names its configurations itself.
      resources: arns('endpoint-config', '*'),
    }),
    new PolicyStatement({
      actions: ['sagemaker:DescribeModel'],
      resources: models.flatMap((model) => arns('model', model)),
    }),
    new PolicyStatement({
      actions: ['sagemaker:DescribeInferenceExperiment'],
      resources: arns('inference-experiment', test.name),
    }),
  ];
}

function imageStatements(stack: Stack): PolicyStatement[] {
  return [
    // Has no resource (Service Authorization Reference, Amazon ECR).
    new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    new PolicyStatement({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      // AWS's own images lie in accounts of AWS, another in each region.
      resources: [`arn:${stack.partition}:ecr:${stack.region}:*:repository/*`],
    }),
  ];
}

function modelDataStatements({ modelDataUrls = [] }: ShadowTestRoleProps, stack: Stack): PolicyStatement[] {
  const objects = modelDataUrls.map((url) => `arn:${stack.partition}:s3:::${url.replace(/^s3:\/\//, '')}`);
  return objects.length === 0 ? [] : [new PolicyStatement({ actions: ['s3:GetObject'], resources: objects })];
}

/** To write the captures of a test. */
export function captureStatements(
  { storage, captureKey }: Pick<ShadowTestRoleProps, 'storage' | 'captureKey'>,
  stack: Stack,
): PolicyStatement[] {
  if (storage === null) return [];
  const resources = [`arn:${stack.partition}:s3:::${storage.bucket}/${storage.prefix}*`];
  return [
    new PolicyStatement({ actions: ['s3:PutObject'], resources }),
    ...chosenKeyStatements(captureKey, 'write', placeOf(stack)),
  ];
}
