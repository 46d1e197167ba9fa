import type { TemplateJson } from './relay-templates';

/**
 * A value of a template as people read it: references in `${…}` inside of the text they stand in, as CloudFormation's
 * own Sub has them.
 */
export function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: ref } = value as Intrinsics;
  if (join !== undefined) return join[1].map((part) => String(flat(part))).join(join[0]);
  if (attribute !== undefined) return `\${${attribute.join('.')}}`;
  if (ref !== undefined) return `\${${ref}}`;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, flat(member)]));
}

interface Intrinsics {
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly Ref?: string;
}

/** A resource with its logical id and its references as text. */
export interface FlatResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string | null;
}

export function flatResources({ Resources }: TemplateJson): FlatResource[] {
  return Object.entries(Resources).map(([id, { Type, Properties = {}, DependsOn = [], DeletionPolicy = null }]) => ({
    id,
    type: Type,
    properties: flat(Properties) as Record<string, unknown>,
    dependsOn: [DependsOn].flat() as string[],
    deletionPolicy: DeletionPolicy as string | null,
  }));
}

/** Of one type, in the order of the template. */
export const resourcesOf = (template: TemplateJson, type: string): FlatResource[] =>
  flatResources(template).filter((resource) => resource.type === type);

/** One that there is exactly one of. */
export function onlyResource(template: TemplateJson, type: string): FlatResource {
  const [resource, ...others] = resourcesOf(template, type);
  if (resource === undefined || others.length > 0)
    throw new Error(`there are ${others.length} more or none of ${type}`);
  return resource;
}

/** A statement as a line: `Allow s3:GetObject on arn:… if {…}`, so that any widening of it is a difference. */
export function statementLine({ Effect, Action, Resource, Condition, Principal }: FlatStatement): string {
  const who = Principal === undefined ? '' : ` to ${JSON.stringify(Principal)}`;
  const on = Resource === undefined ? '' : ` on ${[Resource].flat().join(', ')}`;
  return `${Effect} ${[Action].flat().join(', ')}${who}${on}${Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`}`;
}

export interface FlatStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

/** Of a policy document, or of all inline policies of a role. */
export function statementLines({ properties }: FlatResource): string[] {
  const inline = (properties.Policies ?? []) as { PolicyDocument: PolicyDocument }[];
  const own = properties.PolicyDocument as PolicyDocument | undefined;
  return [...inline.map((each) => each.PolicyDocument), ...(own === undefined ? [] : [own])].flatMap(({ Statement }) =>
    Statement.map(statementLine),
  );
}

interface PolicyDocument {
  readonly Statement: readonly FlatStatement[];
}
