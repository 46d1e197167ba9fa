import { Token } from 'aws-cdk-lib';
import type { KeyForm, KeyPlace } from '../../src/config/kms-key';
import { type KeyRule, type KeyUse, keyRules } from './key-permissions';

/** What the policy of a key must hold; a key that was made elsewhere cannot be changed from here. */
export type KeyPolicy =
  /** A sentence, and the statement to add as indented JSON. */
  | { readonly kind: 'add'; readonly sentence: string; readonly statement: string }
  /** AWS's own key: all principals of the account may use it through its service. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly problem: string };

export interface KeyPolicyOptions {
  /** As the configuration spells it, for messages. */
  readonly text: string;
  /** The settings that hold it: `shadow.test.kmsKey`. */
  readonly settings: readonly string[];
  readonly uses: readonly KeyUse[];
  /** The role's ARN; where it is known only at deployment, the role's account stands in. */
  readonly roleArn: string;
  readonly stack: KeyPlace;
}

/**
 * A role of another account needs both its own policy and the key's (AWS KMS Developer Guide, "Allowing users in other
 * accounts to use a KMS key"); in the same account the key's policy may leave it to the role's, as it does by default.
 */
export function keyPolicyToAdd(key: KeyForm, options: KeyPolicyOptions): KeyPolicy {
  const { text, uses, roleArn, stack } = options;
  const setting = options.settings.join(' and ');
  const isArn = 'account' in key;
  const isForeign = isArn && key.account !== stack.account && !Token.isUnresolved(stack.account);
  if (isArn && key.region !== stack.region && !Token.isUnresolved(stack.region))
    return {
      kind: 'refused',
      problem: `${setting} is a key of region ${key.region}, and this stack is in ${stack.region}: S3 and volumes use keys of their own region only; name a key of ${stack.region}`,
    };
  if ('isAwsManaged' in key && key.isAwsManaged) {
    if (!isForeign) return { kind: 'none' };
    return {
      kind: 'refused',
      problem: `${setting} is an AWS managed key of account ${key.account}, whose policy nobody can change; name a customer managed key, or one of this account`,
    };
  }
  const where = isForeign
    ? `belongs to account ${key.account}, so its policy must hold this statement before the deployment works`
    : 'is not made by this stack; its policy must hold this statement, unless it leaves access to the IAM policies of this account (as the default key policy does)';
  return {
    kind: 'add',
    sentence: `${setting} (${text}) ${where}:`,
    statement: JSON.stringify(statements(key, uses, principalOf(roleArn, stack), stack.region), null, 2),
  };
}

function statements(key: KeyForm, uses: readonly KeyUse[], principal: string, region: string): object {
  const rules = uses.flatMap((use) => keyRules(key, use, known(region, '<region>')));
  const all = mergedRules(rules).map(({ actions, conditions }) => ({
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: actions,
    // In a key policy this is the key itself.
    Resource: '*',
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  }));
  return all.length === 1 ? (all[0] ?? {}) : all;
}

/** Rules under equal conditions are one. */
function mergedRules(rules: readonly KeyRule[]): KeyRule[] {
  const merged = new Map<string, KeyRule>();
  for (const { actions, conditions } of rules) {
    const id = JSON.stringify(conditions);
    merged.set(id, { conditions, actions: [...new Set([...(merged.get(id)?.actions ?? []), ...actions])] });
  }
  return [...merged.values()];
}

/** The role may be unnamed until it is deployed; its account can be trusted before, the role cannot. */
function principalOf(roleArn: string, { partition, account }: KeyPlace): string {
  if (!Token.isUnresolved(roleArn)) return roleArn;
  return `arn:${known(partition, 'aws')}:iam::${known(account, '<account>')}:root`;
}

const known = (text: string, placeholder: string): string => (Token.isUnresolved(text) ? placeholder : text);
