import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type CfnFunction, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from '../nag/acknowledge';
import type { ForwarderSettings } from '../../src/config/deploy/forwarder-schema';

export interface RelayFunctionProps {
  readonly description: string;
  /** What becomes of an invocation that fails; a function has no dead-letter queue of its own. */
  readonly onFailure: string;
  readonly code: Code;
  readonly timeout: Duration;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly key: IKey;
  readonly logRetentionDays: number;
  readonly reservedConcurrency?: number | undefined;
  readonly vpc?: ForwarderSettings['vpc'];
}

/** A function with a role and a log group of its own, and nothing that it was not given here. */
export class RelayFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: RelayFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      encryptionKey: props.key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A number of days, as settings say it; the L2's enumeration is a closed list of the same numbers.
    (logGroup.node.defaultChild as CfnLogGroup).retentionInDays = props.logRetentionDays;
    const writeLogs = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
      inlinePolicies: {
        Function: new PolicyDocument({
          statements: [writeLogs, ...props.statements, ...(props.vpc === undefined ? [] : [networkStatement()])],
        }),
      },
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      role,
      logGroup,
      timeout: props.timeout,
      memorySize: props.memoryMb,
      environment: { ...props.environment },
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    acknowledgeWildcards(
      role,
      props.statements,
      'Objects below the prefixes of one model, names that are known only later.',
    );
    acknowledge(this.function, {
      'Serverless-LambdaDLQ': props.onFailure,
      'Serverless-LambdaTracing': 'Logs and metrics account for every file; traces would add a cost and no answer.',
    });
    if (props.vpc !== undefined) {
      const reason = 'The actions know no resource before they are done.';
      acknowledgeWildcards(role, [networkStatement()], reason);
      acknowledge(role, { 'Serverless-LambdaStarPermissions': reason });
      // By ids alone: an L2 network would have to be looked up in the account, and synthesis needs no account.
      (this.function.node.defaultChild as CfnFunction).vpcConfig = {
        subnetIds: props.vpc.subnets,
        securityGroupIds: props.vpc.securityGroups,
      };
    }
  }
}

/** AWS, "Giving Lambda functions access to resources in an Amazon VPC": the actions know no resource before they are done. */
const networkStatement = (): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });

/** The key of the application, for the services that use it on behalf of a role. */
export const useRelayKey = (key: IKey): PolicyStatement =>
  new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: {
      StringEquals: {
        'kms:ViaService': ['s3', 'sqs'].map((service) => `${service}.${Aws.REGION}.amazonaws.com`),
      },
    },
  });
