import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { keyForm } from '../../src/config/kms-key';
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
 * A key that was made elsewhere cannot be changed from here, so the statement that its policy needs for this role is
 * said when the application is synthesized. Throws a ConfigError for keys that can never work.
 */
export function tellKeyPolicies(scope: Construct, roleArn: string, settings: readonly KeySetting[]): void {
  const problems: string[] = [];
  for (const { setting, text, use } of settings) {
    const key = text === undefined ? null : keyForm(text);
    if (text === undefined || key === null || 'problem' in key) continue;
    const policy = keyPolicyToAdd(key, { text, setting, use, roleArn, stack: placeOf(Stack.of(scope)) });
    if (policy.kind === 'refused') problems.push(policy.problem);
    if (policy.kind === 'add') Annotations.of(scope).addInfo(`${policy.sentence}\n${policy.statement}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
