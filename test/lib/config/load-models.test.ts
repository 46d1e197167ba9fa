import { folderProblems as problemsOf } from '../../support/folder-problems';
import { captureYaml, churnYaml, createYaml, modelYaml } from '../../support/model-yaml';

const one = (parts: Parameters<typeof modelYaml>[0]): Record<string, string> => ({ 'models/a.yaml': modelYaml(parts) });
const two = (parts: Parameters<typeof modelYaml>[0]): Record<string, string> => ({
  'models/a.yaml': modelYaml(),
  'models/b.yaml': churnYaml(parts),
});
const sinks = (text: string) => ({ sinks: `sinks: [${text}]` });
const shadow = (more: string) => ({
  shadow: `shadow: { test: { name: v2, variants: [{ variant: AllTraffic, instanceType: ml.m5.large, instanceCount: 1 }, { variant: S, model: m, instanceType: ml.m5.large, instanceCount: 1 }], sourceVariant: AllTraffic, shadowVariant: { variant: S, samplingPercentage: 50 }, ${more} } }`,
});
const ARTHUR = '{ type: arthur, host: "https://app.arthur.ai", modelId: m1, token: { secret: monitoring/arthur } }';
const EU = 'arn:aws:sns:eu-central-1:111122223333';
const IN_EU: Record<string, string> = { 'capture-relay.yaml': 'region: eu-central-1\n' };
const VARIANT = 'image: "m:1", instanceType: ml.m5.large';

test('takes two models that can stand side by side', () => {
  expect(problemsOf(two({}))).toEqual([]);
});

describe('a wrong configuration is refused with its file, line, key, value and cure:', () => {
  test.each<[mistake: string, files: Record<string, string>, problem: RegExp]>([
    [
      'prefixes of two models that overlap',
      two({ capture: 'capture: { bucket: ml-captures, prefix: captures/ }' }),
      /^models\/b\.yaml:3 capture\.prefix "captures\/" overlaps "captures\/credit-risk\/" of models\/a\.yaml in bucket ml-captures: "captures\/credit-risk\/example\.jsonl" would reach both models\. Cure: give each model a prefix/,
    ],
    [
      'a prefix without "/"',
      one({ capture: 'capture: { bucket: ml-captures, prefix: captures }' }),
      /^models\/a\.yaml:3 capture\.prefix must end with "\/".*given: "captures"\. Cure: write "captures\/"$/,
    ],
    [
      'a prefix that is an address',
      one({ capture: 'capture: { bucket: ml-captures, prefix: "s3://ml-captures/captures" }' }),
      /^models\/a\.yaml:3 capture\.prefix must be a prefix of keys, not an address; given: "s3:\/\/ml-captures\/captures"\. Cure: write "captures\/", and "ml-captures" as the bucket$/,
    ],
    [
      'a bucket that is an address',
      one({ capture: 'capture: { bucket: "s3://ml-captures", prefix: captures/ }' }),
      /^models\/a\.yaml:3 capture\.bucket must be the name of a bucket.*without s3:\/\/.*given: "s3:\/\/ml-captures"/,
    ],
    [
      'sampling of nothing',
      one(captureYaml('samplingPercentage: 0')),
      /^models\/a\.yaml:3 capture\.samplingPercentage leaves inferences out: take 100; or say in capture\.partial why.*given: 0/,
    ],
    [
      "the SDK's default sampling",
      one(captureYaml('samplingPercentage: 20')),
      /^models\/a\.yaml:3 capture\.samplingPercentage leaves inferences out: take 100;.*given: 20/,
    ],
    [
      'more than all',
      one(captureYaml('samplingPercentage: 120')),
      /^models\/a\.yaml:3 capture\.samplingPercentage must be at most 100; given: 120/,
    ],
    [
      'output alone',
      one(captureYaml('modes: [Output]')),
      /^models\/a\.yaml:3 capture\.modes leaves one side out: take \[Input, Output\];.*given: \["Output"\]/,
    ],
    [
      'capture that is switched off',
      one(captureYaml('enabled: false')),
      /^models\/a\.yaml:3 capture\.enabled captures nothing: take true;.*given: false/,
    ],
    [
      'a content type with "+"',
      one(captureYaml('contentTypes: { json: [application/ld+json] }')),
      /^models\/a\.yaml:3 capture\.contentTypes\.json\[0\] holds "\+".*remove the entry; given: "application\/ld\+json"/,
    ],
    [
      'a content type with a parameter',
      one(captureYaml('contentTypes: { csv: ["text/csv; charset=utf-8"] }')),
      /^models\/a\.yaml:3 capture\.contentTypes\.csv\[0\] must be a media type without parameters: write text\/csv.*given: "text\/csv; charset=utf-8"/,
    ],
    [
      'a serverless variant',
      one({
        endpoint: 'endpoint: { create: { variants: [{ name: A, image: "m:1", serverless: { memoryMb: 2048 } }] } }',
      }),
      /^models\/a\.yaml:2 endpoint\.create\.variants\[0\]\.serverless must go: serverless variants do not capture data; give the variant an instanceType; given: \{"memoryMb":2048\}\. Cure: remove it$/,
    ],
    [
      'an asynchronous endpoint',
      one(createYaml('instanceType: ml.m5.large, asyncInference: { outputPath: "s3://b/o" }')),
      /^models\/a\.yaml:2 endpoint\.create\.asyncInference must go: asynchronous endpoints do not capture data.*Cure: remove it$/,
    ],
    [
      'an endpoint configuration with a name',
      one(createYaml('instanceType: ml.m5.large, endpointConfigName: my-config')),
      /^models\/a\.yaml:2 endpoint\.create\.endpointConfigName must go:.*CloudFormation names it; given: "my-config"\. Cure: remove it$/,
    ],
    [
      'an instance type that does not exist',
      one(createYaml('instanceType: ml.m5.lage')),
      /^models\/a\.yaml:2 endpoint\.create\.instanceType is no instance type.*given: "ml\.m5\.lage"\. Cure: take one of .*ml\.m5\.large/,
    ],
    [
      'an instance type without "ml."',
      one(createYaml('instanceType: m5.large')),
      /^models\/a\.yaml:2 endpoint\.create\.instanceType is no instance type.*given: "m5\.large"\. Cure: write ml\.m5\.large/,
    ],
    [
      'a variable that begins with a digit',
      one(createYaml('instanceType: ml.m5.large, environment: { 1x: a }')),
      /^models\/a\.yaml:2 endpoint\.create\.environment\.1x is refused as a name: it must be letters, digits or "_", no digit first\. Cure: remove it or give it another name$/,
    ],
    [
      'a variable that is a number',
      one(createYaml('instanceType: ml.m5.large, environment: { WORKERS: 4 }')),
      /^models\/a\.yaml:2 endpoint\.create\.environment\.WORKERS must be a string\. Cure: write it in quotes$/,
    ],
    [
      'a role by its name',
      one(createYaml('instanceType: ml.m5.large, role: my-role')),
      /^models\/a\.yaml:2 endpoint\.create\.role must be the ARN of a role: arn:aws:iam::\{account\}:role\/\{name\}; given: "my-role"/,
    ],
    [
      'two models with one name',
      two({ model: 'model: credit-risk' }),
      /^models\/b\.yaml:1 model "credit-risk" is the model of models\/a\.yaml, too\. Cure: give each model a name of its own/,
    ],
    [
      'two models whose stacks would be one',
      two({ model: 'model: credit_risk' }),
      /^models\/b\.yaml:1 model "credit_risk" and "credit-risk" of models\/a\.yaml would share the stack CreditRisk\. Cure: give one of them another name/,
    ],
    [
      'a model whose stack would be that of the store',
      one({ model: 'model: store' }),
      /^models\/a\.yaml:1 model would be the stack Store.*given: "store"\. Cure: give it another name/,
    ],
    [
      'a model that is no name of an endpoint',
      one({ model: 'model: credit-risk_' }),
      /^models\/a\.yaml:1 model is the endpoint's name, too \("credit-risk-"\).*given: "credit-risk_"\. Cure: give the endpoint a name of its own/,
    ],
    [
      'two endpoints with one name',
      {
        'models/a.yaml': modelYaml(),
        'models/b.yaml': churnYaml(createYaml('name: credit-risk, instanceType: ml.m5.large')),
      },
      /^models\/b\.yaml:2 endpoint\.create\.name is the endpoint of models\/a\.yaml, too; given: "credit-risk"\. Cure: give it another name/,
    ],
    [
      'two shared buckets',
      two({ capture: 'capture: { bucket: other-captures, prefix: captures/churn/ }' }),
      /^models\/b\.yaml:3 capture\.bucket is not the shared bucket "ml-captures" of models\/a\.yaml; models share one; given: "other-captures"\. Cure: name that one, or say store: own/,
    ],
    [
      'one bucket that is shared and own',
      two({ capture: 'capture: { bucket: ml-captures, prefix: captures/churn/, store: own }' }),
      /^models\/b\.yaml:3 capture\.store "own" is not what models\/a\.yaml says of the same bucket \("shared"\)\. Cure: say the same in both/,
    ],
    [
      'one bucket that is own twice',
      {
        'models/a.yaml': modelYaml(captureYaml('store: own')),
        'models/b.yaml': churnYaml({
          capture: 'capture: { bucket: ml-captures, prefix: captures/churn/, store: own }',
        }),
      },
      /^models\/b\.yaml:3 capture\.store "own" is said of one bucket by models\/a\.yaml, too\. Cure: take "shared"/,
    ],
    [
      'no endpoint',
      one({ endpoint: null }),
      /^models\/a\.yaml:1 endpoint is missing\. Cure: say which: \{existing: its name\}, or \{create/,
    ],
    [
      'an endpoint that is made and there',
      one({ endpoint: `endpoint: { existing: prod, create: { ${VARIANT} } }` }),
      /^models\/a\.yaml:2 endpoint must hold one of create .* and existing .*given: \{"existing":"prod"/,
    ],
    [
      'no place for captures',
      one({ capture: null }),
      /^models\/a\.yaml:1 capture is missing\. Cure: say where captures go: \{bucket: …, prefix: captures\/…\/\}/,
    ],
    [
      'no alarms',
      one({ alarms: null }),
      /^models\/a\.yaml:1 alarms is missing here and in capture-relay\.yaml: nobody would hear.*Cure: name an address or a topic/,
    ],
    [
      'alarms that nobody hears',
      one({ alarms: 'alarms: {}' }),
      /^models\/a\.yaml:5 alarms must name whom to tell: emails: \[address\], or topics:.*given: \{\}/,
    ],
    [
      'a sink that writes to a disk',
      one(sinks('{ type: file, path: out/ }')),
      /^models\/a\.yaml:4 sinks\[0\]\.type file writes to a disk that a function loses\. Cure: keep it for this machine; name a partner/,
    ],
    [
      'a token in a variable',
      one(sinks('{ type: arthur, host: "https://app.arthur.ai", modelId: m1, token: { env: ARTHUR_TOKEN } }')),
      /^models\/a\.yaml:4 sinks\[0\]\.token is a variable, which would stand in the template in clear\. Cure: refer to \{secret: name\} or \{ssm: name\}/,
    ],
    [
      'an archive that is every object of a bucket',
      one(createYaml('instanceType: ml.m5.large, modelDataUrl: "s3://models/*"')),
      /^models\/a\.yaml:2 endpoint\.create\.modelDataUrl must be s3:\/\/bucket\/key of one model archive.*given: "s3:\/\/models\/\*"/,
    ],
    [
      'a model package that is every package',
      one({
        endpoint:
          'endpoint: { create: { modelPackage: "arn:aws:sagemaker:eu-central-1:111122223333:*", instanceType: ml.m5.large } }',
      }),
      /^models\/a\.yaml:2 endpoint\.create\.modelPackage must be the ARN of a version of a model package/,
    ],
    [
      'a sink that there is none of',
      one(sinks('{ type: pigeon }')),
      /^models\/a\.yaml:4 sinks\[0\]\.type is no sink; there are: arthur, fiddler, file; given: "pigeon"/,
    ],
    [
      'a shadow test that ends before it starts',
      one(shadow('schedule: { start: "2027-01-11T08:00:00Z", end: "2027-01-10T08:00:00Z" }')),
      /^models\/a\.yaml:6 shadow\.test\.schedule\.end must be after schedule\.start \(2027-01-11T08:00:00Z\); given: "2027-01-10T08:00:00Z"/,
    ],
    [
      "a shadow test that captures among another model's captures",
      {
        'models/a.yaml': modelYaml(),
        'models/b.yaml': churnYaml(shadow('dataStorage: { prefix: captures/credit-risk/t/ }')),
      },
      /^models\/b\.yaml:6 shadow\.test\.dataStorage\.prefix "captures\/credit-risk\/t\/" overlaps "captures\/credit-risk\/" of models\/a\.yaml.*"captures\/credit-risk\/t\/example\.jsonl" would reach both/,
    ],
    [
      'a KMS key in another form',
      one(captureYaml('kmsKey: my-key')),
      /^models\/a\.yaml:3 capture\.kmsKey must name a KMS key: .*if it is an alias, write alias\/my-key; given: "my-key"/,
    ],
    [
      'a bucket of another region',
      { ...one(captureYaml('store: existing, region: us-east-1')), 'capture-relay.yaml': 'region: eu-central-1\n' },
      /^models\/a\.yaml:3 capture\.region is not the region of the application \(eu-central-1\).*given: "us-east-1"\. Cure: deploy this model by an application of that region/,
    ],
    ...(
      [
        [
          'a topic of another region',
          { alarms: `alarms: { topics: ["${EU}:topic", "arn:aws:sns:us-east-1:999922223333:topic"] }` },
          /^models\/a\.yaml:5 alarms\.topics\[1\] is a topic of region us-east-1, and the application is in eu-central-1, .*given: "arn:aws:sns:us-east-1:999922223333:topic"\. Cure: name a topic of eu-central-1, or correct region in capture-relay\.yaml$/,
        ],
        [
          'a topic of another partition',
          { alarms: 'alarms: { topics: ["arn:aws-cn:sns:eu-central-1:111122223333:topic"] }' },
          /^models\/a\.yaml:5 alarms\.topics\[0\] is of the partition aws-cn, and region eu-central-1 is in aws; given: .* Cure: name a topic of that partition: arn:aws:…$/,
        ],
        [
          'a key of another partition',
          captureYaml('kmsKey: "arn:aws-cn:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"'),
          /^models\/a\.yaml:3 capture\.kmsKey is of the partition aws-cn, and region eu-central-1 is in aws/,
        ],
        [
          'a role of another partition',
          createYaml('instanceType: ml.m5.large, role: "arn:aws-us-gov:iam::111122223333:role/r"'),
          /^models\/a\.yaml:2 endpoint\.create\.role is of the partition aws-us-gov, and region eu-central-1 is in aws/,
        ],
        [
          'a secret of another partition',
          sinks(ARTHUR.replace('monitoring/arthur', '"arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a"')),
          /^models\/a\.yaml:4 sinks\[0\]\.token\.secret is of the partition aws-cn, and region eu-central-1 is in aws\. Cure: name a secret/,
        ],
        [
          'an image of another region',
          {
            endpoint:
              'endpoint: { create: { image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/m:1", instanceType: ml.m5.large } }',
          },
          /^models\/a\.yaml:2 endpoint\.create\.image is an image of region us-east-1, and the application is in eu-central-1.*Cure: name an image of eu-central-1, or correct region in capture-relay\.yaml$/,
        ],
        [
          'a model package of another region',
          {
            endpoint:
              'endpoint: { create: { modelPackage: "arn:aws:sagemaker:us-east-1:111122223333:model-package/m/1", instanceType: ml.m5.large } }',
          },
          /^models\/a\.yaml:2 endpoint\.create\.modelPackage is a model package of region us-east-1/,
        ],
      ] as const
    ).map(
      ([mistake, parts, problem]) => [mistake, { ...one(parts), ...IN_EU }, problem] as [string, typeof IN_EU, RegExp],
    ),
    [
      'a shadow variant beside two production variants',
      one({
        endpoint: `endpoint: { create: { variants: [{ name: A, ${VARIANT} }, { name: B, ${VARIANT} }], shadowVariants: [{ name: S, ${VARIANT} }] } }`,
      }),
      /^models\/a\.yaml:2 endpoint\.create\.shadowVariants takes one production variant beside it, and there are several; given: /,
    ],
    [
      'a setting that is misspelt',
      one(captureYaml('samplingPercent: 100')),
      /^models\/a\.yaml:3 capture\.samplingPercent is not a setting\. Cure: write samplingPercentage, or remove it$/,
    ],
    [
      'captures among the state',
      {
        ...one({ capture: 'capture: { bucket: relay-state, prefix: ledger/, store: existing }' }),
        'capture-relay.yaml': 'stateBucket: relay-state\n',
      },
      /^models\/a\.yaml:3 capture\.prefix is where the state is written, since stateBucket of capture-relay\.yaml is the same bucket: "ledger\/example\.jsonl" would be taken for a capture, without end; given: "ledger\/"\. Cure: take a prefix beside/,
    ],
    [
      'captures of a shadow test among the state',
      {
        ...one(shadow('dataStorage: { bucket: relay-state, prefix: quarantine/v1/ }')),
        'capture-relay.yaml': 'stateBucket: relay-state\n',
      },
      /^models\/a\.yaml:6 shadow\.test\.dataStorage\.prefix is where the state is written/,
    ],
    [
      'a state bucket that would be made for captures',
      { ...one({}), 'capture-relay.yaml': 'stateBucket: ml-captures\n' },
      /^models\/a\.yaml:3 capture\.bucket would be made here, and stateBucket of capture-relay\.yaml says that it is there; given: "ml-captures"\. Cure: name another bucket/,
    ],
    [
      'text that is no YAML',
      { 'models/a.yaml': 'model: credit-risk\nsinks: [arthur\n' },
      /^models\/a\.yaml:3 is not YAML: .*Cure: look at that line/,
    ],
    [
      'an empty file',
      { 'models/a.yaml': '' },
      /^models\/a\.yaml is empty\. Cure: write the model's configuration there/,
    ],
    [
      'a list of models',
      { 'models/a.yaml': '- model: credit-risk\n' },
      /^models\/a\.yaml must be an object; given: \[\{"model":"credit-risk"\}\]$/,
    ],
    [
      'scaling that aims at nothing',
      one(
        createYaml(
          'instanceType: ml.m5.large, autoscaling: { minInstances: 1, maxInstances: 2, invocationsPerInstance: 0 }',
        ),
      ),
      /autoscaling\.invocationsPerInstance must be more than 0; given: 0$/,
    ],
    [
      'a name in place of a subnet',
      one({ forwarder: 'forwarder: { vpc: { subnets: [subnet-XYZ], securityGroups: [sg-0a1b2c3d] } }' }),
      /^models\/a\.yaml:6 forwarder\.vpc\.subnets\[0\] must be the id of a subnet, such as subnet-0a1b2c3d4e5f60718; given: "subnet-XYZ"$/,
    ],
    [
      'a name in place of a security group',
      one({ forwarder: 'forwarder: { vpc: { subnets: [subnet-0a1b2c3d4e5f60718], securityGroups: [sg-web] } }' }),
      /^models\/a\.yaml:6 forwarder\.vpc\.securityGroups\[0\] must be the id of a security group.*given: "sg-web"$/,
    ],
    [
      'an empty folder',
      { 'capture-relay.yaml': 'name: relay\n' },
      /^models holds no \*\.yaml; write one configuration for each model there/,
    ],
  ])('%s', (_, files, problem) => {
    expect(problemsOf(files)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('what opens a door is refused, and never repeated:', () => {
  const KEY = 'AKIAIOSFODNN7EXAMPLE';

  test.each<[place: string, files: Record<string, string>, problem: RegExp]>([
    [
      'a token in clear',
      one(sinks(`{ type: arthur, host: "https://app.arthur.ai", modelId: m1, token: ${KEY}-token }`)),
      /sinks\[0\]\.token must be one reference: \{secret: name, key: …\}/,
    ],
    [
      'an access key in the environment of a container',
      one(createYaml(`instanceType: ml.m5.large, environment: { AWS_ACCESS_KEY_ID: ${KEY} }`)),
      /^models\/a\.yaml:2 endpoint\.create\.environment\.AWS_ACCESS_KEY_ID holds an access key of AWS in clear: remove it here and deactivate it in IAM/,
    ],
    [
      'a secret access key by its name',
      one(createYaml(`instanceType: ml.m5.large, environment: { AWS_SECRET_ACCESS_KEY: ${KEY} }`)),
      /environment\.AWS_SECRET_ACCESS_KEY holds an access key/,
    ],
    ['an access key as the name of a setting', one(captureYaml(`${KEY}: x`)), /capture\.AKIA… holds an access key/],
    [
      'an access key where a role belongs',
      one(createYaml(`instanceType: ml.m5.large, role: ${KEY}`)),
      /role must be the ARN/,
    ],
    ['an access key in a value of another form', one({ alarms: `alarms: { id: { v: ${KEY} } }` }), /alarms/],
    ['an access key as a sink', one(sinks(`{ type: ${KEY} }`)), /sinks\[0\]\.type is no sink/],
    [
      'an access key as the prefix of two models',
      {
        'models/a.yaml': modelYaml({ capture: `capture: { bucket: b-1, prefix: ${KEY}/ }` }),
        'models/b.yaml': churnYaml({ capture: `capture: { bucket: b-1, prefix: ${KEY}/ }` }),
      },
      /capture\.prefix holds an access key/,
    ],
    [
      "an access key in the application's tags",
      { ...one({}), 'capture-relay.yaml': `tags: { owner: ${KEY} }\n` },
      /^capture-relay\.yaml:1 tags\.owner holds an access key/,
    ],
    ['an access key in what is no YAML', { 'models/a.yaml': `model: "x" ${KEY}\n` }, /^models\/a\.yaml:1 is not YAML/],
  ])('%s', (_, files, problem) => {
    const problems = problemsOf(files).join('\n');

    expect(problems.split('\n')).toContainEqual(expect.stringMatching(problem));
    expect(problems).not.toContain(KEY);
  });

  test('a password inside of a value that is refused as a whole', () => {
    const endpoint = 'endpoint: { existing: e, create: { password: hunter-2, environment: { API_TOKEN: hunter-2 } } }';

    expect(problemsOf(one({ endpoint })).join('\n')).not.toContain('hunter-2');
  });
});

describe('capture-relay.yaml', () => {
  const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const settings = (text: string): readonly string[] => problemsOf({ ...one({}), 'capture-relay.yaml': text });

  test('may be empty', () => {
    expect(settings('')).toEqual([]);
  });

  test('may name what stands in its region, whoever has it, and secrets of any', () => {
    const files = {
      ...one(sinks(ARTHUR.replace('monitoring/arthur', '"arn:aws:secretsmanager:us-east-1:999922223333:secret:a"'))),
      'capture-relay.yaml': `region: eu-central-1\nalarms: { topics: ["${EU.replace('1111', '9999')}:topic"] }\n`,
    };

    expect(problemsOf(files)).toEqual([]);
  });

  test('tells of a place beside other mistakes', () => {
    const [first, second] = settings(`name: X\nregion: us-east-1\nalarms: { topics: ["${EU}:t"] }\n`);

    expect(first).toMatch(/:1 name must be/);
    expect(second).toMatch(/:3 alarms\.topics\[0\] is a topic of region eu-central-1, and .* in us-east-1/);
  });

  test.each([
    [
      'a key of another region',
      `region: us-east-1\nkmsKey: ${KEY}`,
      /:2 kmsKey is a key of region eu-central-1, and the application is in us-east-1.*Cure: name a key of us-east-1, or correct region in capture-relay\.yaml$/,
    ],
    [
      'a key whose region is in another partition',
      `kmsKey: ${KEY.replace('aws', 'aws-cn')}`,
      /:1 kmsKey is of the partition aws-cn, and region eu-central-1 is in aws/,
    ],
    ['a name that no bucket can have', 'name: Capture_Relay', /:1 name must be 1 to 24 lower-case.*"Capture_Relay"/],
    [
      'digits that YAML reads as a number',
      'account: 011122223333',
      /:1 account must be the 12 digits .*in quotes.*given: 011122223333$/,
    ],
    ['a region that is a zone', 'region: eu-central-1a', /:1 region must be a region, such as eu-central-1; given/],
    ['days that CloudWatch does not know', 'logRetentionDays: 42', /:1 logRetentionDays must be one of 1, 3, 5.*42/],
    ['captures that go before they are read', 'captureRetentionDays: 7', /:1 captureRetentionDays must be at least 21/],
    ['a boundary by its ARN', 'permissionsBoundary: "arn:aws:iam::1:policy/b"', /must be the name of a managed policy/],
    [
      "a tag under AWS's own prefix",
      'tags: { "AWS:owner": x }',
      /:1 tags\.AWS:owner is refused as a name: it must not begin with "aws:", which AWS keeps for itself\. Cure: remove it or give it another name$/,
    ],
    [
      'a tag without a name',
      'tags: { "": x }',
      /:1 tags\[""\] is refused as a name: it must be 1 to 128 characters\. Cure: remove it or give it another name$/,
    ],
    [
      'a tag of characters that AWS does not take',
      'tags: { "a\\tb": x }',
      /:1 tags\["a.*b"\] is refused as a name: it must be letters, digits, blanks or "_\.:\/=\+-@"\. Cure: remove it or give it another name$/,
    ],
    [
      'a tag that says too much',
      `tags: { owner: ${'x'.repeat(257)} }`,
      /:1 tags\.owner must be at most 256 character\(s\); given: "x+…/,
    ],
    [
      'a tag whose value AWS does not take',
      'tags: { owner: "team<ml>" }',
      /:1 tags\.owner must be letters, digits, blanks or "_\.:\/=\+-@"; given: "team<ml>"/,
    ],
    [
      'a number under a name of two words',
      'tags:\n  cost center: 123',
      /:2 tags\["cost center"\] must be a string; given: 123/,
    ],
    [
      'a setting that is misspelt',
      'tags: {}\nlogRetentiondays: 30',
      /:2 logRetentiondays is not a setting\. Cure: write logRetentionDays, or remove it$/,
    ],
    ['a setting that there is none of', 'x-a: 1', /:1 x-a is not a setting; check the spelling\. Cure: correct/],
    ['text that is no YAML', 'name: [', / is not YAML: .*Cure: look at that line/],
    ['a list', '- name', / must be an object; given: \["name"\]/],
  ])('refuses %s', (_, text, problem) => {
    expect(settings(`${text}\n`)).toEqual([expect.stringMatching(problem)]);
    expect(settings(`${text}\n`)[0]).toMatch(/^capture-relay\.yaml/);
  });
});

test('all problems of all files are told at once', () => {
  const problems = problemsOf({
    'capture-relay.yaml': 'name: X\n',
    'models/a.yaml': modelYaml({ alarms: null, ...captureYaml('samplingPercentage: 20') }),
    'models/b.yaml': 'model: [\n',
    'models/c.yml': churnYaml({ model: 'model: credit-risk', endpoint: null }),
  });

  expect(problems.map((problem) => /^[^ :]+(?::\d+)? \S+/.exec(problem)?.[0])).toEqual([
    'capture-relay.yaml:1 name',
    'models/a.yaml:3 capture.samplingPercentage',
    // Nothing of alarms: who is told may stand in the file that cannot be read as it is.
    'models/b.yaml:2 is',
    'models/c.yml:1 model',
    'models/c.yml:1 endpoint',
  ]);
});
