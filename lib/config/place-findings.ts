import type { Finding } from '../../src/cli/check/finding';
import { wrong } from './raw-document';

/**
 * Settings that name a resource by its ARN, and whether it must stand in the application's own region: CloudWatch tells
 * topics of its own region only (PutMetricAlarm, AlarmActions), S3 and volumes use keys of theirs, SageMaker packages of
 * its own. A secret is read wherever its ARN says.
 */
const ARN_SETTINGS: ReadonlyMap<string, { readonly what: string; readonly isRegional: boolean }> = new Map([
  ['topics', { what: 'a topic', isRegional: true }],
  ['kmsKey', { what: 'a key', isRegional: true }],
  ['volumeKmsKey', { what: 'a key', isRegional: true }],
  ['modelPackage', { what: 'a model package', isRegional: true }],
  ['secretsKmsKey', { what: 'a key', isRegional: false }],
  ['role', { what: 'a role', isRegional: false }],
  ['arn', { what: 'a partner app', isRegional: false }],
  ['secret', { what: 'a secret', isRegional: false }],
  ['ssm', { what: 'a parameter', isRegional: false }],
]);

/** What a container or a person put there is theirs. */
const FREE_TEXT: ReadonlySet<string> = new Set(['environment', 'tags', 'columns', 'mapping']);

/** ARNs and images of another region or partition than the application's. Pure; an unknown region refuses nothing. */
export function placeFindings(document: unknown, region: string | undefined): Finding[] {
  return namedPlaces(document, '', '', new Set()).flatMap((named) =>
    named.name === 'image' ? imageFinding(named, region) : arnFinding(named, region),
  );
}

interface Named {
  readonly key: string;
  readonly name: string;
  readonly text: string;
}

function namedPlaces(value: unknown, key: string, name: string, around: Set<object>): Named[] {
  if (typeof value === 'string') return name === 'image' || ARN_SETTINGS.has(name) ? [{ key, name, text: value }] : [];
  // YAML anchors can make a value hold itself.
  if (typeof value !== 'object' || value === null || around.has(value)) return [];
  const within = new Set(around).add(value);
  return Object.entries(value).flatMap(([member, inner]) => {
    if (Array.isArray(value)) return namedPlaces(inner, `${key}[${member}]`, name, within);
    return FREE_TEXT.has(member) ? [] : namedPlaces(inner, `${key}${key === '' ? '' : '.'}${member}`, member, within);
  });
}

function arnFinding({ key, name, text }: Named, region: string | undefined): Finding[] {
  const [, partition, own = ''] = /^arn:([a-z-]+):[a-z0-9-]+:([a-z0-9-]*):/.exec(text) ?? [];
  const setting = ARN_SETTINGS.get(name);
  if (partition === undefined || setting === undefined) return [];
  // A message never repeats what may be a token in the wrong place.
  const given = name === 'secret' || name === 'ssm' ? undefined : text;
  if (setting.isRegional && own !== '' && region !== undefined && own !== region)
    return [otherRegion(key, given, setting.what, own, region)];
  const place = [region, own].find(
    (each) => each !== undefined && each !== '' && (partitionOf(each) ?? partition) !== partition,
  );
  if (place === undefined) return [];
  return [
    wrong(
      key,
      `is of the partition ${partition}, and region ${place} is in ${partitionOf(place)}`,
      `name ${setting.what} of that partition: arn:${partitionOf(place)}:…`,
      given,
    ),
  ];
}

/** `{account}.dkr.ecr.{region}.amazonaws.com`, or with the two other endings that ECR has (Amazon ECR endpoints). */
const ECR_HOST = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|on\.aws)/;

/** "must be in the same region as the model or endpoint you are creating" (SageMaker API, ContainerDefinition, Image). */
function imageFinding({ key, text }: Named, region: string | undefined): Finding[] {
  const [, own] = ECR_HOST.exec(text) ?? [];
  return own === undefined || region === undefined || own === region
    ? []
    : [otherRegion(key, text, 'an image', own, region)];
}

const otherRegion = (key: string, given: string | undefined, what: string, own: string, region: string): Finding =>
  wrong(
    key,
    `is ${what} of region ${own}, and the application is in ${region}, where only its own can be used`,
    `name ${what} of ${region}, or correct region in capture-relay.yaml`,
    given,
  );

/** AWS, "Partitions"; null for one that is not told here. */
function partitionOf(region: string): string | null {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return /iso|^eusc-/.test(region) ? null : 'aws';
}
