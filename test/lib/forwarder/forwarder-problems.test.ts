import { App, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Forwarder, type ForwarderProps } from '../../../lib/constructs/forwarder';
import { bucketNamed } from '../../../lib/constructs/named-bucket';
import { removePackages } from '../../../lib/forwarder/function-code';
import { ConfigError } from '../../../src/core/errors';

process.env.CDK_VALIDATION = 'false';

afterAll(removePackages);

const PREFIX = 'captures/credit-risk/';
const ARTHUR = { type: 'arthur', host: 'https://app.arthur.ai', modelId: 'm', token: { secret: 'monitoring/arthur' } };
const modelWith = (parts: object) => ({
  model: 'credit-risk',
  capture: { bucket: 'ml-captures', prefix: PREFIX },
  sinks: [ARTHUR],
  ...parts,
});

type Choices = Partial<ForwarderProps> | ((stack: Stack) => Partial<ForwarderProps>);

/** What a forwarder says against these props; nothing when it takes them. */
function problemsOf(choices: Choices): readonly string[] {
  const stack = new Stack(new App(), 'Mine');
  const props = typeof choices === 'function' ? choices(stack) : choices;
  try {
    new Forwarder(stack, 'Forwarder', {
      model: modelWith({}),
      watched: [{ bucket: bucketNamed('ml-captures'), prefix: PREFIX }],
      stateBucket: bucketNamed('relay-state'),
      key: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd'),
      ...props,
    });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const madeBucket =
  (bucketName?: string) =>
  (stack: Stack): Partial<ForwarderProps> => ({
    watched: [{ bucket: new Bucket(stack, 'Made', bucketName === undefined ? {} : { bucketName }), prefix: PREFIX }],
  });

describe('a forwarder', () => {
  test.each<[string, Choices, RegExp]>([
    [
      'another bucket than the configuration says',
      { watched: [{ bucket: bucketNamed('other'), prefix: PREFIX }] },
      /^watched must hold s3:\/\/ml-captures\/captures\/credit-risk\/ \(model\.capture\).*; given: s3:\/\/other\/captures\/credit-risk\/$/,
    ],
    [
      'another prefix',
      { watched: [{ bucket: bucketNamed('ml-captures'), prefix: 'captures/churn/' }] },
      /^watched must hold s3:\/\/ml-captures\/captures\/credit-risk\/ .*; given: s3:\/\/ml-captures\/captures\/churn\/$/,
    ],
    ['a bucket made under another name', madeBucket('other'), /^watched must hold .*; given: s3:\/\/other\//],
    ['a bucket whose name is made up later', madeBucket(), /^watched must hold .*CloudFormation makes: set bucketName/],
    ['no place', { watched: [] }, /^watched names no place of captures; give its bucket and prefix$/],
    [
      'a prefix that takes in its neighbours',
      { watched: [{ bucket: bucketNamed('ml-captures'), prefix: 'captures/credit-risk' }] },
      /^watched\[0\]\.prefix must end with "\/", .*; write "captures\/credit-risk\/"; given: "captures\/credit-risk"$/,
    ],
    [
      'a token in a variable',
      { model: modelWith({ sinks: [{ ...ARTHUR, token: { env: 'TOKEN' } }] }) },
      /^sinks\[0\]\.token is a variable, which would stand in the template in clear; refer to \{secret: name\}/,
    ],
    ['too little memory', { settings: { memoryMb: 64 } }, /^settings\.memoryMb must be at least 256; given: 64$/],
    [
      'too long a run',
      { settings: { timeoutSeconds: 901 } },
      /^settings\.timeoutSeconds must be at most 900; given: 901$/,
    ],
    ['days that logs are not kept', { logRetentionDays: 45 }, /^logRetentionDays must be one of 1, 3, .*; given: 45$/],
  ])('refuses %s', (_, choices, message) => {
    expect(problemsOf(choices)).toContainEqual(expect.stringMatching(message));
  });

  test('says everything that is wrong at once', () => {
    expect(
      problemsOf({
        model: modelWith({ sinks: [{ ...ARTHUR, token: { env: 'TOKEN' }, modelId: 5 }] }),
        watched: [{ bucket: bucketNamed('ml-captures'), prefix: 'captures' }],
        settings: { memoryMb: 64 },
        logRetentionDays: 45,
      }),
    ).toHaveLength(5);
  });

  test.each<[string, Choices]>([
    ['a bucket made under the name that the configuration says', madeBucket('ml-captures')],
    ['a place around the captures', { watched: [{ bucket: bucketNamed('ml-captures'), prefix: 'captures/' }] }],
    [
      'a bucket that is known at deployment',
      { watched: [{ bucket: bucketNamed(Fn.importValue('Captures')), prefix: PREFIX }] },
    ],
    [
      'a network that is made by the same application',
      {
        settings: {
          vpc: {
            subnets: Token.asList(Lazy.any({ produce: () => ['subnet-1'] })),
            securityGroups: [Fn.importValue('Group')],
          },
        },
      },
    ],
  ])('takes %s', (_, choices) => {
    expect(problemsOf(choices)).toEqual([]);
  });
});
