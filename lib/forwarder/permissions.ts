import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ModelConfig } from '../../src/config/model-config';
import type { SecretReference } from '../../src/sinks/sink';
import type { NamedBucket } from '../constructs/named-bucket';

/** What the functions of one model may do, each statement with the prefix or the resource it is about. */

export interface Watched {
  readonly bucket: NamedBucket;
  readonly prefix: string;
}

/** Versions: the one that was notified is read. The listing tells "gone" from "not allowed". */
export function readCaptures(watched: readonly Watched[]): PolicyStatement[] {
  return watched.flatMap(({ bucket, prefix }) => [
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${bucket.bucketArn}/${prefix}*`],
    }),
    list(bucket, [`${prefix}*`]),
  ]);
}

/** Below each of these, a model has a folder of its own. */
const FORWARD_STATE = ['ledger', 'quarantine', 'breaker', 'rate', 'start'];
const SWEEP_READS = ['ledger', 'start', 'rollup', 'sweep'];
const SWEEP_WRITES = ['rollup', 'sweep', 'start'];

/**
 * Without the right to list, S3 answers 403 instead of 404 for an entry that is not there yet (S3 API, GetObject).
 * `IfExists`: such a request names no prefix, so a plain condition on it would never hold.
 */
export function forwardState(bucket: NamedBucket, model: string): PolicyStatement[] {
  const prefixes = FORWARD_STATE.map((kind) => `${kind}/v1/${model}/`);
  return [
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: prefixes.map((prefix) => `${bucket.bucketArn}/${prefix}*`),
    }),
    // A redriven or restarted file replaces its segments; nothing else is ever removed.
    new PolicyStatement({ actions: ['s3:DeleteObject'], resources: [`${bucket.bucketArn}/quarantine/v1/${model}/*`] }),
    listState(
      bucket,
      prefixes.map((prefix) => `${prefix}*`),
    ),
  ];
}

export function sweepState(bucket: NamedBucket, model: string): PolicyStatement[] {
  // The sweep's own place is one object for the model, not a folder.
  const place = (kind: string): string => (kind === 'sweep' ? `sweep/v1/${model}` : `${kind}/v1/${model}/*`);
  return [
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: SWEEP_READS.map((kind) => `${bucket.bucketArn}/${place(kind)}`),
    }),
    new PolicyStatement({
      actions: ['s3:PutObject'],
      resources: SWEEP_WRITES.map((kind) => `${bucket.bucketArn}/${place(kind)}`),
    }),
    listState(
      bucket,
      SWEEP_READS.map((kind) => place(kind)),
    ),
  ];
}

export function listCaptures(watched: readonly Watched[]): PolicyStatement[] {
  return watched.map(({ bucket, prefix }) => list(bucket, [`${prefix}*`]));
}

const listState = (bucket: NamedBucket, prefixes: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': [...prefixes] } },
  });

const list = (bucket: NamedBucket, prefixes: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': [...prefixes] } },
  });

/** Its own secrets, and the one partner app. */
export function sinkStatements(config: ModelConfig): PolicyStatement[] {
  const references = config.sinks.flatMap(({ sink }) => Object.values(sink.secrets));
  const apps = config.sinks.flatMap(({ sink }) => partnerAppOf(sink.settings) ?? []);
  const secrets = references.flatMap((reference) => ('secret' in reference ? secretArns(reference.secret) : []));
  const parameters = references.flatMap((reference) => ('ssm' in reference ? parameterArn(reference) : []));
  return [
    ...statement('secretsmanager:GetSecretValue', secrets),
    ...statement('ssm:GetParameter', parameters),
    ...statement('sagemaker:CallPartnerAppApi', apps),
  ];
}

const statement = (action: string, resources: readonly string[]): PolicyStatement[] =>
  resources.length === 0 ? [] : [new PolicyStatement({ actions: [action], resources: [...new Set(resources)] })];

/** Secrets Manager appends six characters of its own to a name; a name may end as if it had been done already. */
function secretArns(name: string): string[] {
  if (!name.startsWith('arn:'))
    return [`arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${name}-??????`];
  return [...(/-[A-Za-z0-9]{6}$/.test(name) ? [name] : []), `${name}-??????`];
}

const parameterArn = ({ ssm }: Extract<SecretReference, { ssm: string }>): string =>
  ssm.startsWith('arn:')
    ? ssm
    : `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter/${ssm.replace(/^\//, '')}`;

function partnerAppOf(settings: object): string | null {
  const app: unknown = 'partnerApp' in settings ? settings.partnerApp : null;
  return typeof app === 'object' && app !== null && 'arn' in app && typeof app.arn === 'string' ? app.arn : null;
}
