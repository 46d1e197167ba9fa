import { pathText } from './problems';

/** AWS, "IAM identifiers": AKIA is a user's access key, ASIA one of a session; 20 characters in all. */
const ACCESS_KEY = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/;
const SECRET_ACCESS_KEY = /^aws_?secret_?access_?key$/i;

/** Keys of an AWS account written into a configuration, wherever they stand. The value is never repeated. Pure. */
export function clearSecrets(raw: unknown): string[] {
  return found(raw, [], new Set()).map(
    (path) =>
      `${pathText('', path)} holds an access key of AWS in clear: remove it here and deactivate it in IAM; functions and endpoints have roles, and partners' tokens are references ({secret: name})`,
  );
}

function found(value: unknown, path: readonly PropertyKey[], around: Set<object>): PropertyKey[][] {
  if (typeof value === 'string') return ACCESS_KEY.test(value) ? [[...path]] : [];
  // YAML anchors can make a value hold itself.
  if (typeof value !== 'object' || value === null || around.has(value)) return [];
  const within = new Set(around).add(value);
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return SECRET_ACCESS_KEY.test(name) || ACCESS_KEY.test(name) ? [here] : found(member, here, within);
  });
}
