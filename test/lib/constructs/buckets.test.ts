// The built-in check takes 2 s for each test file; the examples are synthesized with it.
process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AccessLogs } from '../../../lib/constructs/access-logs';
import { CaptureStore } from '../../../lib/constructs/capture-store';
import { bucketNamed } from '../../../lib/constructs/named-bucket';
import { StateStore } from '../../../lib/constructs/state-store';
import { type FlatResource, onlyResource, statementLines } from '../../support/flat-template';
import type { TemplateJson } from '../../support/relay-templates';

function synthesize(make: (stack: Stack, key: Key) => unknown): { bucket: FlatResource; policy: string[] } {
  const stack = new Stack(new App(), 'Store');
  make(stack, new Key(stack, 'Key'));
  const template = Template.fromStack(stack).toJSON() as TemplateJson;
  const bucket = onlyResource(template, 'AWS::S3::Bucket');
  const policy = statementLines(onlyResource(template, 'AWS::S3::BucketPolicy'));
  return { bucket, policy: policy.map((line) => line.replaceAll(bucket.id, 'Bucket')) };
}

const accessLogs = bucketNamed('access-logs');
const captures = (retentionDays?: number) =>
  synthesize(
    (stack, key) =>
      new CaptureStore(stack, 'Captures', {
        bucketName: 'ml-captures',
        key,
        accessLogs,
        ...(retentionDays === undefined ? {} : { retentionDays }),
      }),
  );
const state = (captureRetentionDays?: number) =>
  synthesize(
    (stack, key) =>
      new StateStore(stack, 'State', {
        bucketName: 'relay-state',
        key,
        accessLogs,
        ...(captureRetentionDays === undefined ? {} : { captureRetentionDays }),
      }),
  );

const TLS_ONLY =
  'Deny s3:* to {"AWS":"*"} on ${Bucket.Arn}, ${Bucket.Arn}/* if {"Bool":{"aws:SecureTransport":"false"}}';
const PRIVATE = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};
const BY_KEY = {
  ServerSideEncryptionConfiguration: [
    {
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.stringMatching(/^\$\{Key/) },
    },
  ],
};

describe.each([
  ['of captures', captures],
  ['of state', state],
])('a bucket %s', (_, make) => {
  test('is private, takes TLS alone, is encrypted by key, logs who reads it, and outlives its stack', () => {
    const { bucket, policy } = make();

    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: PRIVATE,
      BucketEncryption: BY_KEY,
      LoggingConfiguration: {
        DestinationBucketName: 'access-logs',
        LogFilePrefix: expect.stringMatching(/^Store-.*\/$/),
      },
    });
    expect(policy).toEqual([TLS_ONLY]);
    expect(bucket.deletionPolicy).toBe('Retain');
  });
});

test('captures keep their versions, since the one is read that was notified', () => {
  expect(captures().bucket.properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
});

test('state has no versions, which its conditional writes make needless', () => {
  expect(state().bucket.properties).not.toHaveProperty('VersioningConfiguration');
});

const unfinished = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' };

test.each([
  [undefined, {}],
  [21, { ExpirationInDays: 21 }],
])('captures expire after %s days, former versions after 30', (days, expiration) => {
  expect(captures(days).bucket.properties.LifecycleConfiguration).toEqual({
    Rules: [{ ...unfinished, NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ...expiration }],
  });
});

test('ledger and roll-ups outlive captures by 30 days, and quarantine stays', () => {
  expect(state(21).bucket.properties.LifecycleConfiguration).toEqual({
    Rules: [
      unfinished,
      { Prefix: 'ledger/', ExpirationInDays: 51, Status: 'Enabled' },
      { Prefix: 'rollup/', ExpirationInDays: 51, Status: 'Enabled' },
    ],
  });
  expect(state().bucket.properties.LifecycleConfiguration).toEqual({ Rules: [unfinished] });
});

test('access logs are taken from buckets of this account alone', () => {
  const { bucket, policy } = synthesize((stack) => new AccessLogs(stack, 'AccessLogs'));

  expect(bucket).toMatchObject({
    properties: { PublicAccessBlockConfiguration: PRIVATE },
    deletionPolicy: 'Retain',
  });
  expect(policy).toEqual([
    TLS_ONLY,
    'Allow s3:PutObject to {"Service":"logging.s3.amazonaws.com"} on ${Bucket.Arn}/* if {"StringEquals":{"aws:SourceAccount":"${AWS::AccountId}"}}',
  ]);
});

test('captures are kept for 21 days at least', () => {
  expect(() => captures(20)).toThrow('retentionDays must be at least 21; given: 20');
  expect(() => captures(21)).not.toThrow();
});
