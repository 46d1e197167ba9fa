import { Aws, Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CaptureSettings } from '../../src/config/deploy/capture-schema';
import type { CreateEndpointSettings } from '../../src/config/deploy/endpoint-schema';
import { type ChosenKey, chosenKeyStatements } from '../kms/chosen-key';
import { placeOf } from '../kms/place-of';
import { acknowledgeWildcards } from '../nag/acknowledge';
import { productionVariants, shadowVariants } from './endpoint-variants';

export interface EndpointRoleProps {
  readonly settings: CreateEndpointSettings;
  readonly capture: CaptureSettings;
  readonly captureKey: ChosenKey | null;
  readonly volumeKey: ChosenKey | null;
}

/**
 * The role that CreateModel takes: the model's containers run under it, and capture is written under it. Without the
 * right to write, an endpoint works and nothing is captured, without any error (SageMaker Developer Guide,
 * "SageMaker AI roles": the default policy has no s3:PutObject).
 */
export function endpointRole(scope: Construct, id: string, props: EndpointRoleProps): Role {
  const capture = captureStatements(scope, props);
  const model = modelStatements(scope, props);
  const role = new Role(scope, id, {
    // Without a condition on the source: AWS does not say that each of its ways to assume it states one.
    assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
    description: 'Runs the model and writes its captures',
    inlinePolicies: {
      Capture: new PolicyDocument({ statements: capture }),
      Model: new PolicyDocument({ statements: model }),
    },
  });
  acknowledgeWildcards(role, capture, 'Captures below the one prefix, whose names SageMaker makes.');
  acknowledgeWildcards(role, model, 'Actions that know no resource, and log groups that SageMaker makes.');
  return role;
}

/** What any role needs for capture; printed for one that was made elsewhere. */
export function captureStatements(
  scope: Construct,
  { capture, captureKey }: Pick<EndpointRoleProps, 'capture' | 'captureKey'>,
): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'WriteCaptures',
      actions: ['s3:PutObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::${capture.bucket}/${capture.prefix}*`],
    }),
    ...chosenKeyStatements(captureKey, 'write', placeOf(Stack.of(scope))),
  ];
}

function modelStatements(scope: Construct, { settings, volumeKey }: EndpointRoleProps): PolicyStatement[] {
  const containers = [...productionVariants(settings), ...shadowVariants(settings)].map((each) => each.container);
  const data = containers.flatMap(({ modelDataUrl }) => objectArn(modelDataUrl) ?? []);
  const packages = containers.flatMap(({ modelPackage }) => modelPackage ?? []);
  const repositories = containers.flatMap(({ image }) => repositoryArn(image) ?? []);
  return [
    ...(data.length === 0
      ? []
      : [new PolicyStatement({ sid: 'ReadModelData', actions: ['s3:GetObject'], resources: unique(data) })]),
    ...(packages.length === 0
      ? []
      : [
          new PolicyStatement({
            sid: 'ReadModelPackage',
            actions: ['sagemaker:DescribeModelPackage'],
            resources: unique(packages),
          }),
        ]),
    new PolicyStatement({
      sid: 'PullImages',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      // A package names its image itself, in an account that need not be this one.
      resources: packages.length > 0 || repositories.length === 0 ? ['*'] : unique(repositories),
    }),
    // The action knows no resource (Service Authorization Reference, Amazon ECR).
    new PolicyStatement({ sid: 'EnterRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    new PolicyStatement({
      sid: 'Metrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/*'] } },
    }),
    new PolicyStatement({
      sid: 'Logs',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/sagemaker/Endpoints/*`],
    }),
    ...chosenKeyStatements(volumeKey, 'volume', placeOf(Stack.of(scope))),
    ...(settings.vpc === undefined ? [] : [vpcStatement()]),
  ];
}

/** SageMaker Developer Guide, "Give SageMaker AI hosted endpoints access to resources in your VPC". */
const vpcStatement = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'Network',
    effect: Effect.ALLOW,
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteNetworkInterfacePermission',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ],
    resources: ['*'],
  });

function objectArn(url: string | undefined): string | null {
  const [, path] = /^s3:\/\/(.+)$/.exec(url ?? '') ?? [];
  return path === undefined ? null : `arn:${Aws.PARTITION}:s3:::${path}`;
}

function repositoryArn(image: string | undefined): string | null {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(image ?? '') ?? [];
  return name === undefined ? null : `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${name}`;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
