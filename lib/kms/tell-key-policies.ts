import { Annotations, AspectPriority, Aspects, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type KeyForm, keyForm } from '../../src/config/kms-key';
import { ConfigError } from '../../src/core/errors';
import type { KeyUse } from './key-permissions';
import { keyPolicyToAdd } from './key-policy';
import { placeOf } from './place-of';

export interface KeySetting {
  /** As a configuration spells it: `capture.kmsKey`. */
  readonly setting: string;
  /** Undefined: not given. */
  readonly text: string | undefined;
  readonly use: KeyUse;
}

/**
 * A key that was made elsewhere cannot be changed from here, so what its policy needs is said when the application is
 * synthesized: once for a key and a role, whatever of a stack uses it. Throws a ConfigError for keys that can never work.
 */
export function tellKeyPolicies(scope: Construct, roleArn: string, settings: readonly KeySetting[]): void {
  const stack = Stack.of(scope);
  const problems: string[] = [];
  for (const { setting, text, use } of settings) {
    const key = text === undefined ? null : keyForm(text);
    if (text === undefined || key === null || 'problem' in key) continue;
    const policy = keyPolicyToAdd(key, { text, settings: [setting], uses: [use], roleArn, stack: placeOf(stack) });
    if (policy.kind === 'refused') problems.push(policy.problem);
    if (policy.kind === 'add') collect(stack, { key, text, roleArn, settings: [setting], uses: [use] });
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

interface NeededPolicy {
  readonly key: KeyForm;
  readonly text: string;
  readonly roleArn: string;
  readonly settings: readonly string[];
  readonly uses: readonly KeyUse[];
}

const needed = new WeakMap<Stack, Map<string, NeededPolicy>>();

function collect(stack: Stack, added: NeededPolicy): void {
  const policies = needed.get(stack) ?? new Map<string, NeededPolicy>();
  if (!needed.has(stack)) {
    needed.set(stack, policies);
    // When all of the stack is there.
    const visit = (node: unknown): void => (node === stack ? say(stack, policies) : undefined);
    Aspects.of(stack).add({ visit }, { priority: AspectPriority.READONLY });
  }
  // Roles that are named at deployment are all told of by their account.
  const id = `${added.text} ${Token.isUnresolved(added.roleArn) ? '' : added.roleArn}`;
  const same = policies.get(id);
  policies.set(id, {
    ...added,
    settings: [...new Set([...(same?.settings ?? []), ...added.settings])],
    uses: [...new Set([...(same?.uses ?? []), ...added.uses])],
  });
}

function say(stack: Stack, policies: Map<string, NeededPolicy>): void {
  for (const { key, ...options } of policies.values()) {
    const policy = keyPolicyToAdd(key, { ...options, stack: placeOf(stack) });
    if (policy.kind === 'add') Annotations.of(stack).addInfo(`${policy.sentence}\n${policy.statement}`);
  }
  // A stack may be synthesized again.
  policies.clear();
}
