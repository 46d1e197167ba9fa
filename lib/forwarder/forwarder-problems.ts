import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type ForwarderSettings, forwarderSchema } from '../../src/config/deploy/forwarder-schema';
import { type ModelConfig, parseModelConfig } from '../../src/config/model-config';
import { ConfigError } from '../../src/core/errors';
import { deployFindings } from '../config/deploy-findings';
import type { NamedBucket } from '../constructs/named-bucket';
import type { Watched } from './permissions';
import { propProblems, retentionProblems, watchedProblems } from './prop-problems';

interface ForwarderChoices {
  readonly model: unknown;
  readonly watched: readonly Watched[];
  readonly settings: ForwarderSettings;
  readonly logRetentionDays: number | undefined;
}

/** The configuration of a forwarder's props. Throws a ConfigError that lists every problem of all of them. */
export function checkedModel({ model, watched, settings, logRetentionDays }: ForwarderChoices): ModelConfig {
  const read = configOf(model);
  const problems = [
    ...('problems' in read ? read.problems : placeProblems(read.config, watched)),
    ...sinkProblems(model),
    ...watchedProblems(watched),
    ...propProblems(forwarderSchema, settings, 'settings'),
    ...retentionProblems(logRetentionDays),
  ];
  if ('problems' in read || problems.length > 0) throw new ConfigError(problems);
  return read.config;
}

function configOf(model: unknown): { readonly config: ModelConfig } | { readonly problems: readonly string[] } {
  try {
    return { config: parseModelConfig(model) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}

/** What a function cannot have: a disk that lasts, variables that would stand in the template in clear. */
const sinkProblems = (model: unknown): string[] =>
  deployFindings({ path: '', raw: model, config: null, findings: [], lineOf: () => null }, {})
    .filter(({ key }) => key?.startsWith('sinks[') === true)
    .map(({ key, problem, cure }) => `${key} ${problem}; ${cure}`);

/** The functions read where the configuration says that captures are, and may read what is watched. */
function placeProblems({ capture, shadowCapture }: ModelConfig, watched: readonly Watched[]): string[] {
  const places = [
    { of: 'model.capture', place: capture },
    { of: "the captures of the model's shadow test", place: shadowCapture },
  ];
  return places.flatMap(({ of, place }) => {
    if (place === null || watched.some((each) => holds(each, place))) return [];
    const given = watched.map((each) => `s3://${shownName(each.bucket)}/${each.prefix}`).join(', ');
    return `watched must hold s3://${place.bucket}/${place.prefix} (${of}), or the functions may not read it; given: ${given}`;
  });
}

function holds({ bucket, prefix }: Watched, place: { readonly bucket: string; readonly prefix: string }): boolean {
  const named = nameOf(bucket);
  const isBucket = named.kind === 'later' || (named.kind === 'given' && named.name === place.bucket);
  return isBucket && (Token.isUnresolved(prefix) || place.prefix.startsWith(prefix));
}

/** `madeUp`: CloudFormation will make one, so that no configuration can say it. `later`: known at deployment. */
type BucketName =
  | { readonly kind: 'given'; readonly name: string }
  | { readonly kind: 'madeUp' }
  | { readonly kind: 'later' };

function nameOf(bucket: NamedBucket): BucketName {
  if (!Token.isUnresolved(bucket.bucketName)) return { kind: 'given', name: bucket.bucketName };
  // By marks and not by classes: two copies of the CDK may meet where this package is linked into an application.
  const made = Construct.isConstruct(bucket) ? bucket.node.defaultChild : undefined;
  if (made === undefined || !CfnResource.isCfnResource(made) || !('bucketName' in made)) return { kind: 'later' };
  // A name that is to be made up is a token, which comes to nothing.
  const name: unknown = Stack.of(made).resolve(made.bucketName);
  if (name === undefined) return { kind: 'madeUp' };
  return typeof name === 'string' ? { kind: 'given', name } : { kind: 'later' };
}

function shownName(bucket: NamedBucket): string {
  const named = nameOf(bucket);
  return named.kind === 'given' ? named.name : '(a name that CloudFormation makes: set bucketName)';
}
