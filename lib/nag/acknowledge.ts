import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * What cdk-nag would object to and why it stands, written where it is made. Ids are exact: another wildcard in the same
 * role is a finding again.
 */
export function acknowledge(scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(scope).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** Every resource with a wildcard in these statements, for one reason. */
export function acknowledgeWildcards(scope: IConstruct, statements: readonly PolicyStatement[], reason: string): void {
  const stack = Stack.of(scope);
  const resources = statements
    .flatMap((statement) => statement.resources)
    .map((resource) => flat(stack.resolve(resource)))
    .filter((resource) => resource.includes('*'));
  acknowledge(
    scope,
    Object.fromEntries([...new Set(resources)].map((resource) => [`AwsSolutions-IAM5[Resource::${resource}]`, reason])),
  );
}

/** As cdk-nag spells references: `<AWS::Partition>`, `<Bucket.Arn>`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: ref,
  } = value as {
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
    readonly 'Fn::GetAtt'?: readonly string[];
    readonly Ref?: string;
  };
  if (join !== undefined) return join[1].map(flat).join(join[0]);
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  return ref === undefined ? JSON.stringify(value) : `<${ref}>`;
}
