import { pathText } from './problems';
import { holdsAccessKey, withoutAccessKeys } from './shown-value';

const SECRET_ACCESS_KEY = /^aws_?secret_?access_?key$/i;

/** Keys of an AWS account written into a configuration, wherever they stand. The value is never repeated. Pure. */
export function clearSecrets(raw: unknown): string[] {
  return found(raw, [], new Set()).map(
    (path) =>
      `${withoutAccessKeys(pathText('', path))} holds an access key of AWS in clear: remove it here and deactivate it in IAM; functions and endpoints have roles, and partners' tokens are references ({secret: name})`,
  );
}

function found(value: unknown, path: readonly PropertyKey[], around: Set<object>): PropertyKey[][] {
  if (typeof value === 'string') return holdsAccessKey(value) ? [[...path]] : [];
  // YAML anchors can make a value hold itself.
  if (typeof value !== 'object' || value === null || around.has(value)) return [];
  const within = new Set(around).add(value);
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return SECRET_ACCESS_KEY.test(name) || holdsAccessKey(name) ? [here] : found(member, here, within);
  });
}
