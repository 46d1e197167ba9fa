import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type KeyForm, type KeyPlace, keyForm } from '../../src/config/kms-key';
import { type KeyUse, keyRules, keyStatements } from './key-permissions';

/** A key that a configuration names in one of its four forms, or one that this application makes. */
export type ChosenKey =
  | { readonly kind: 'named'; readonly text: string; readonly form: KeyForm }
  | { readonly kind: 'made'; readonly key: Pick<IKey, 'keyArn'> };

/** The named one, which the schema has checked, else the one that is made; null when there is neither. */
export function chosenKey(text: string | undefined, made: Pick<IKey, 'keyArn'> | null): ChosenKey | null {
  if (text === undefined) return made === null ? null : { kind: 'made', key: made };
  const form = keyForm(text);
  if ('problem' in form) throw new Error(`${text} ${form.problem}`);
  return { kind: 'named', text, form };
}

/** As an API takes it. */
export const keyId = (key: ChosenKey): string => (key.kind === 'named' ? key.text : key.key.keyArn);

/** For the policy of the role that uses it. */
export function chosenKeyStatements(key: ChosenKey | null, use: KeyUse, stack: KeyPlace): PolicyStatement[] {
  if (key === null) return [];
  if (key.kind === 'named') return keyStatements(key.form, use, stack);
  const form: KeyForm = { form: 'arn', keyId: '', isMultiRegion: false, ...stack };
  return keyRules(form, use, stack.region).map(
    ({ actions, conditions }) => new PolicyStatement({ actions, resources: [key.key.keyArn], conditions }),
  );
}
