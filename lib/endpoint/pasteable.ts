import {
  CfnOutput,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

/**
 * A value as JSON that a person pastes elsewhere: what is known only at deployment stands as a placeholder in `<…>` that
 * says where to find it.
 */
export function pasteable(scope: IConstruct, value: unknown): string {
  const text: unknown = Tokenization.resolve(value, { scope, resolver: new Placeholders(scope), preparing: false });
  return JSON.stringify(text, null, 2);
}

class Placeholders extends DefaultTokenResolver {
  constructor(private readonly scope: IConstruct) {
    super(new StringConcat());
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    // Of this library's own types, whatever the members of a policy's statements are.
    if (Reference.isReference(token) && !isPseudo(token)) return shownReference(token);
    const resolved: unknown = super.resolveToken(token, context, postProcessor);
    return typeof resolved === 'object' && resolved !== null && 'Ref' in resolved
      ? pseudo(String(resolved.Ref), Stack.of(this.scope))
      : resolved;
  }
}

const isPseudo = ({ displayName }: Reference): boolean => displayName.startsWith('AWS::');

function pseudo(name: string, { region }: Stack): string {
  if (name === 'AWS::Partition') return RegionInfo.get(region).partition ?? 'aws';
  return PLACES[name] ?? `<${name}>`;
}

const PLACES: Readonly<Record<string, string>> = { 'AWS::AccountId': '<account>', 'AWS::Region': '<region>' };

/** By the output that says it, where there is one; else by its path in the application. */
function shownReference(reference: Reference): string {
  const owner = Stack.of(reference.target);
  const wanted = JSON.stringify(owner.resolve(reference));
  const outputs = owner.node.findAll().filter((each) => each instanceof CfnOutput);
  const output = outputs.find(({ value }) => JSON.stringify(owner.resolve(value)) === wanted);
  if (output !== undefined) return `<output ${owner.getLogicalId(output)} of stack ${owner.stackName}>`;
  return `<${reference.displayName} of ${reference.target.node.path.replace(/\/Resource$/, '')}>`;
}
