import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { KeyForm, KeyPlace } from '../../src/config/kms-key';

/**
 * What a role does with a key:
 * `write`: capture writes objects (SSE-KMS). `read`: the forwarder reads them. `volume`: the disks of an endpoint's
 * instances. `experiment`: KmsKey of CreateInferenceExperiment, of which the API says that it is for volumes, and
 * CloudFormation's page that it is for captured data; so both are granted.
 */
export type KeyUse = 'write' | 'read' | 'volume' | 'experiment';

/** Statements for the policy of the role; none needs to be added by hand. `stack`: where the role is deployed; tokens are fine. */
export function keyStatements(key: KeyForm, use: KeyUse, stack: KeyPlace): PolicyStatement[] {
  const { resource, conditions } = keyResource(key, stack);
  return keyRules(key, use, stack.region).map(
    ({ actions, conditions: own }) =>
      new PolicyStatement({ actions, resources: [resource], conditions: { ...conditions, ...own } }),
  );
}

/**
 * Policies know keys by their ARN alone: an alias that stands as a resource grants nothing. So it is every key that has
 * this alias (AWS KMS Developer Guide, "Use aliases to control access to KMS keys").
 */
export function keyResource(key: KeyForm, stack: KeyPlace): { resource: string; conditions: Conditions } {
  const { partition, region, account } = 'account' in key ? key : stack;
  const arn = `arn:${partition}:kms:${region}:${account}:key`;
  if ('keyId' in key) return { resource: `${arn}/${key.keyId}`, conditions: {} };
  return {
    resource: `${arn}/*`,
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': key.alias } },
  };
}

export type Conditions = Record<string, Record<string, string>>;

export interface KeyRule {
  readonly actions: string[];
  readonly conditions: Conditions;
}

/** Actions by use, each with the condition that keeps them to it. `region`: that of the S3 bucket. */
export function keyRules(key: KeyForm, use: KeyUse, region: string): KeyRule[] {
  // "kms:ViaService": only S3 may use the key for this role (AWS KMS Developer Guide, condition keys).
  const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } };
  switch (use) {
    case 'write':
      // Decrypt: for objects uploaded in parts (S3 User Guide, "Uploading and copying objects using multipart upload").
      return [{ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], conditions: viaS3 }];
    case 'read':
      return [{ actions: ['kms:Decrypt'], conditions: viaS3 }];
    case 'volume':
      return [{ actions: [...VOLUME_ACTIONS], conditions: {} }, GRANT];
    case 'experiment':
      return [{ actions: [...VOLUME_ACTIONS, 'kms:GenerateDataKey', ...encrypt(key)], conditions: {} }, GRANT];
  }
}

/** EBS User Guide, "Permissions for encrypted volumes"; the grant is what an instance decrypts its disk by. */
const VOLUME_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'];
const GRANT: KeyRule = { actions: ['kms:CreateGrant'], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } };

/**
 * "If you use a KMS key ID or an alias of your KMS key, the Amazon SageMaker execution role must include permissions to
 * call kms:Encrypt" (SageMaker API, CreateInferenceExperiment).
 */
const encrypt = (key: KeyForm): string[] => (key.form === 'arn' ? [] : ['kms:Encrypt']);
