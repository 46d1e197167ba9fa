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
