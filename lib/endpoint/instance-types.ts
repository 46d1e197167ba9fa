import { ProductionVariantInstanceType } from '@aws-sdk/client-sagemaker';

/** SageMaker's own list, as its SDK of the pinned version has it. */
const KNOWN: ReadonlySet<string> = new Set(Object.values(ProductionVariantInstanceType));

export interface UnknownInstanceType {
  readonly key: string;
  readonly problem: string;
  readonly given: string;
  readonly cure: string;
}

/** Every `instanceType` of a model's document that SageMaker does not offer for endpoints, wherever it stands. Pure. */
export function unknownInstanceTypes(value: unknown, at = '', around = new Set<object>()): UnknownInstanceType[] {
  // YAML anchors can make a value hold itself.
  if (typeof value !== 'object' || value === null || around.has(value)) return [];
  const within = new Set(around).add(value);
  return Object.entries(value).flatMap(([name, member]) => {
    const key = Array.isArray(value) ? `${at}[${name}]` : `${at}${at === '' ? '' : '.'}${name}`;
    if (name !== 'instanceType' || typeof member !== 'string') return unknownInstanceTypes(member, key, within);
    return KNOWN.has(member) ? [] : [unknown(key, member)];
  });
}

function unknown(key: string, given: string): UnknownInstanceType {
  return {
    key,
    problem: 'is no instance type that SageMaker offers for endpoints',
    given: JSON.stringify(given),
    cure: `${nearest(given)}; a newer type needs a newer @aws-sdk/client-sagemaker`,
  };
}

/** `ml.m5.lage` → types of the same family; `m5.large` → the same with `ml.`. */
function nearest(given: string): string {
  const full = given.startsWith('ml.') ? given : `ml.${given}`;
  if (KNOWN.has(full)) return `write ${full}`;
  const family = [...KNOWN].filter((type) => type.startsWith(`${full.split('.').slice(0, 2).join('.')}.`));
  return family.length === 0 ? 'take one that it has, such as ml.m5.large' : `take one of ${family.sort().join(', ')}`;
}
