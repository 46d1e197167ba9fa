import { isParameterName, isSecretName } from './secret-name';

/**
 * A variable that should hold a token may hold the ARN of the secret instead, so that a function set up by a guide need
 * not carry its token in clear. No partner's token begins like an ARN.
 */

export type VariableSecret = { readonly reference: Record<string, string> } | { readonly problem: string };

/** The reference for the variable of this name and value; `…#key` names a member of a JSON secret. */
export function variableSecret(name: string, value: string): VariableSecret {
  if (!value.startsWith('arn:')) return { reference: { env: name } };
  const [, secret = '', key] = /^([^#]+)(?:#([^#\s]+))?$/.exec(value) ?? [];
  if (isSecretName(secret)) return { reference: key === undefined ? { secret } : { secret, key } };
  if (isParameterName(value)) return { reference: { ssm: value } };
  return {
    problem: `${name} begins like an ARN, but is none of a secret (arn:…:secretsmanager:…:secret:…, with #key for one member) or of a parameter (arn:…:ssm:…:parameter/…)`,
  };
}
