/**
 * A variable that should hold a token may hold the ARN of the secret instead, so that a function set up by a guide need
 * not carry its token in clear. No partner's token begins like an ARN.
 */
const SECRET = /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^#\s]+)(?:#([^#\s]+))?$/;
const PARAMETER = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/[^#\s]+$/;

export type VariableSecret = { readonly reference: Record<string, string> } | { readonly problem: string };

/** The reference for the variable of this name and value; `…#key` names a member of a JSON secret. */
export function variableSecret(name: string, value: string): VariableSecret {
  if (!value.startsWith('arn:')) return { reference: { env: name } };
  const [, secret, key] = SECRET.exec(value) ?? [];
  if (secret !== undefined) return { reference: key === undefined ? { secret } : { secret, key } };
  if (PARAMETER.test(value)) return { reference: { ssm: value } };
  return {
    problem: `${name} begins like an ARN, but is none of a secret (arn:…:secretsmanager:…:secret:…, with #key for one member) or of a parameter (arn:…:ssm:…:parameter/…)`,
  };
}
