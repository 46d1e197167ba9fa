// The built-in check takes 2 s for each test file; the examples are synthesized with it.
process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Forwarder } from '../../../lib/constructs/forwarder';
import { bucketNamed } from '../../../lib/constructs/named-bucket';
import { removePackages } from '../../../lib/forwarder/function-code';
import { chosenKey } from '../../../lib/kms/chosen-key';
import type { ForwarderSettings } from '../../../src/config/deploy/forwarder-schema';
import { ConfigError } from '../../../src/core/errors';
import { type FlatResource, resourcesOf, statementLines } from '../../support/flat-template';
import type { TemplateJson } from '../../support/relay-templates';

afterAll(removePackages);

const ENV = { account: '111122223333', region: 'eu-west-1' };
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';
const ARTHUR = { type: 'arthur', host: 'https://app.arthur.ai', modelId: 'm', token: { secret: 'monitoring/arthur' } };
const FIDDLER = {
  type: 'fiddler',
  url: 'https://example.fiddler.ai',
  modelId: '550e8400-e29b-41d4-a716-446655440000',
  token: { ssm: '/monitoring/fiddler' },
};

interface Options {
  readonly sinks?: readonly object[];
  readonly settings?: ForwarderSettings;
  readonly captureKey?: string;
  readonly shadow?: boolean;
}

function synthesize({ sinks = [ARTHUR], settings, captureKey, shadow = false }: Options = {}) {
  const stack = new Stack(new App(), 'CreditRisk', { env: ENV });
  const key = chosenKey(captureKey, null);
  new Forwarder(stack, 'Forwarder', {
    model: { model: 'credit-risk', sinks },
    watched: [
      { bucket: bucketNamed('ml-captures'), prefix: 'captures/credit-risk/' },
      ...(shadow ? [{ bucket: bucketNamed('tests'), prefix: 'shadow-tests/credit-risk/' }] : []),
    ],
    stateBucket: bucketNamed('relay-state'),
    key: Key.fromKeyArn(stack, 'Key', KEY),
    ...(settings === undefined ? {} : { settings }),
    captureKeys: key === null ? [] : [key],
  });
  const template = Template.fromStack(stack).toJSON() as TemplateJson;
  const find = (type: string, name: string): FlatResource => {
    const found = resourcesOf(template, type).find(({ id }) => id.startsWith(`Forwarder${name}`));
    if (found === undefined) throw new Error(`no ${type} of ${name}`);
    return found;
  };
  /** Ids without their hashes. */
  const may = (name: string): string[] =>
    statementLines(find('AWS::IAM::Role', name)).map((line) => line.replaceAll(/\$\{(\w+?)[0-9A-F]{8}\.Arn\}/g, '$1'));
  return { template, may, functionOf: (name: string) => find('AWS::Lambda::Function', name).properties };
}

const STATE = 'arn:${AWS::Partition}:s3:::relay-state';
const QUEUE = 'ForwarderQueuesSinksarthurQueue';
const VIA =
  'if {"StringEquals":{"kms:ViaService":["s3.${AWS::Region}.amazonaws.com","sqs.${AWS::Region}.amazonaws.com"]}}';
const RELAY_KEY = `Allow kms:Decrypt, kms:GenerateDataKey on ${KEY} ${VIA}`;
const LIST =
  '"ledger/v1/credit-risk/*","quarantine/v1/credit-risk/*","breaker/v1/credit-risk/*","rate/v1/credit-risk/*","start/v1/credit-risk/*"';

/** Every statement there is: one more, or a wider one, fails. */
describe('what a function may do is', () => {
  const FORWARD = [
    'Allow logs:CreateLogStream, logs:PutLogEvents on ForwarderForwardLogs',
    'Allow s3:GetObject, s3:GetObjectVersion on arn:${AWS::Partition}:s3:::ml-captures/captures/credit-risk/*',
    'Allow s3:ListBucket on arn:${AWS::Partition}:s3:::ml-captures if {"StringLike":{"s3:prefix":["captures/credit-risk/*"]}}',
    `Allow s3:GetObject, s3:PutObject on ${['ledger', 'quarantine', 'breaker', 'rate', 'start'].map((kind) => `${STATE}/${kind}/v1/credit-risk/*`).join(', ')}`,
    `Allow s3:DeleteObject on ${STATE}/quarantine/v1/credit-risk/*`,
    `Allow s3:ListBucket on ${STATE} if {"StringLikeIfExists":{"s3:prefix":[${LIST}]}}`,
    'Allow secretsmanager:GetSecretValue on arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:monitoring/arthur-??????',
    `Allow sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility, sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:SendMessage on ${QUEUE}`,
    RELAY_KEY,
  ];
  const added = (lines: readonly string[]): string[] => lines.filter((line) => !FORWARD.includes(line));

  test('for the forwarder: the captures of its model, its state, its secret, its queue', () => {
    expect(synthesize().may('Forward')).toEqual(FORWARD);
  });

  test('for the sweep: listings, what it wrote itself, and messages for the queue', () => {
    expect(synthesize().may('Sweep')).toEqual([
      'Allow logs:CreateLogStream, logs:PutLogEvents on ForwarderSweepLogs',
      'Allow s3:ListBucket on arn:${AWS::Partition}:s3:::ml-captures if {"StringLike":{"s3:prefix":["captures/credit-risk/*"]}}',
      `Allow s3:GetObject on ${STATE}/ledger/v1/credit-risk/*, ${STATE}/start/v1/credit-risk/*, ${STATE}/rollup/v1/credit-risk/*, ${STATE}/sweep/v1/credit-risk`,
      `Allow s3:PutObject on ${STATE}/rollup/v1/credit-risk/*, ${STATE}/sweep/v1/credit-risk, ${STATE}/start/v1/credit-risk/*`,
      `Allow s3:ListBucket on ${STATE} if {"StringLikeIfExists":{"s3:prefix":["ledger/v1/credit-risk/*","start/v1/credit-risk/*","rollup/v1/credit-risk/*","sweep/v1/credit-risk"]}}`,
      `Allow sqs:GetQueueUrl, sqs:SendMessage on ${QUEUE}`,
      RELAY_KEY,
    ]);
  });

  test('with a shadow test: its captures, too', () => {
    const forwarder = synthesize({ shadow: true });
    const list =
      'Allow s3:ListBucket on arn:${AWS::Partition}:s3:::tests if {"StringLike":{"s3:prefix":["shadow-tests/credit-risk/*"]}}';

    expect(added(forwarder.may('Forward'))).toEqual([
      'Allow s3:GetObject, s3:GetObjectVersion on arn:${AWS::Partition}:s3:::tests/shadow-tests/credit-risk/*',
      list,
    ]);
    expect(forwarder.may('Sweep')).toContain(list);
  });

  test('with a parameter: that one, in the place of a secret', () => {
    expect(added(synthesize({ sinks: [ARTHUR, FIDDLER] }).may('Forward'))[0]).toBe(
      'Allow ssm:GetParameter on arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/monitoring/fiddler',
    );
  });

  test.each([
    ['what may be the six characters', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-tokens', true],
    ['none of them', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a', false],
  ])('with the ARN of a secret with %s: that one', (_, secret, mayBeWhole) => {
    expect(added(synthesize({ sinks: [{ ...ARTHUR, token: { secret } }] }).may('Forward'))).toEqual([
      `Allow secretsmanager:GetSecretValue on ${mayBeWhole ? `${secret}, ` : ''}${secret}-??????`,
    ]);
  });

  test('with a partner app: a call of that one', () => {
    const arn = 'arn:aws:sagemaker:eu-west-1:111122223333:partner-app/app-1';
    const url = 'https://app-1.partner-app.eu-west-1.sagemaker.aws';
    const sink = { ...FIDDLER, name: 'arthur', url, token: ARTHUR.token, partnerApp: { arn } };

    expect(added(synthesize({ sinks: [sink] }).may('Forward'))).toEqual([
      `Allow sagemaker:CallPartnerAppApi on ${arn}`,
    ]);
  });

  test('with a key of the captures: to decrypt by S3, for the forwarder alone', () => {
    const captureKey = 'arn:aws:kms:eu-west-1:999900001111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const forwarder = synthesize({ captureKey });

    expect(added(forwarder.may('Forward'))).toEqual([
      `Allow kms:Decrypt on ${captureKey} if {"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`,
    ]);
    expect(forwarder.may('Sweep').join()).not.toContain('999900001111');
  });

  test('with a key of the secrets: to decrypt by the two services that keep them', () => {
    expect(added(synthesize({ settings: { secretsKmsKey: 'alias/monitoring' } }).may('Forward'))).toEqual([
      'Allow kms:Decrypt on arn:${AWS::Partition}:kms:eu-west-1:111122223333:key/* if {"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/monitoring"},"StringLike":{"kms:ViaService":["secretsmanager.*.amazonaws.com","ssm.*.amazonaws.com"]}}',
    ]);
  });

  test('with a network: its interfaces, the one statement about everything', () => {
    const forwarder = synthesize({
      settings: { vpc: { subnets: ['subnet-0a1b2c3d4e5f60718'], securityGroups: ['sg-0a1b2c3d4e5f60718'] } },
    });

    expect(added(forwarder.may('Forward'))).toEqual([
      'Allow ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:AssignPrivateIpAddresses, ec2:UnassignPrivateIpAddresses on *',
    ]);
    for (const name of ['Forward', 'Sweep'])
      expect(forwarder.functionOf(name).VpcConfig).toEqual({
        SubnetIds: ['subnet-0a1b2c3d4e5f60718'],
        SecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
      });
  });
});

describe('the functions', () => {
  test('run on arm64 and Node 24, for two minutes, with what they need to know and no more', () => {
    const { functionOf } = synthesize();

    expect(functionOf('Forward')).toEqual({
      Description: 'Delivers captures of credit-risk',
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: expect.anything(),
      Timeout: 120,
      MemorySize: 512,
      Role: expect.stringContaining('ForwarderForwardRole'),
      LoggingConfig: { LogGroup: expect.stringContaining('ForwarderForwardLogs') },
      Environment: {
        Variables: {
          CAPTURE_RELAY_STATE_BUCKET: 'relay-state',
          CAPTURE_RELAY_SINK_QUEUES: expect.stringMatching(
            /^\{"arthur":"\$\{ForwarderQueuesSinksarthurQueue\w+\.Arn\}"\}$/,
          ),
        },
      },
    });
    expect(functionOf('Sweep')).toMatchObject({ Timeout: 900, Architectures: ['arm64'], Runtime: 'nodejs24.x' });
  });

  test('take time, memory and concurrency from the configuration, and hide a message accordingly', () => {
    const settings = { timeoutSeconds: 300, memoryMb: 1024, reservedConcurrency: 20, maxConcurrency: 5 };
    const { functionOf, template } = synthesize({ settings });
    const queues = resourcesOf(template, 'AWS::SQS::Queue').map(({ properties }) => properties.VisibilityTimeout);

    expect(functionOf('Forward')).toMatchObject({ Timeout: 300, MemorySize: 1024, ReservedConcurrentExecutions: 20 });
    expect(functionOf('Sweep')).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(queues).toContain(1800);
    expect(resourcesOf(template, 'AWS::Lambda::EventSourceMapping')[0]?.properties.ScalingConfig).toEqual({
      MaximumConcurrency: 5,
    });
  });

  test('are fed by each queue, message by message', () => {
    const { template } = synthesize({ sinks: [ARTHUR, FIDDLER] });

    expect(resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties)).toEqual(
      ['arthur', 'fiddler'].map((name) => ({
        BatchSize: 10,
        EventSourceArn: expect.stringContaining(`Sinks${name}Queue`),
        FunctionName: expect.stringContaining('ForwarderForwardFunction'),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      })),
    );
  });

  test('are swept behind once an hour', () => {
    const { template } = synthesize();

    expect(resourcesOf(template, 'AWS::Events::Rule')[0]?.properties).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [{ Arn: expect.stringContaining('ForwarderSweepFunction') }],
    });
  });
});

test('a configuration that is known only at deployment is refused, since it travels inside of the function', () => {
  const stack = new Stack(new App(), 'CreditRisk');
  const model = { model: 'credit-risk', sinks: [{ ...ARTHUR, modelId: stack.account }] };
  const watched = [{ bucket: bucketNamed('ml-captures'), prefix: 'captures/credit-risk/' }];
  const props = { watched, stateBucket: bucketNamed('s'), key: Key.fromKeyArn(stack, 'Key', KEY) };

  expect(() => new Forwarder(stack, 'Forwarder', { model, ...props })).toThrow(ConfigError);
  expect(() => new Forwarder(stack, 'Again', { model, ...props })).toThrow(/holds a CDK token/);
});
