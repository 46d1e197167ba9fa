import { type Finding, finding } from '../../src/cli/check/finding';
import { defaultEndpointName, STORE, stackId } from './stack-names';

/** What a model's name becomes at AWS, and what of that AWS or the application itself would refuse. */
export function nameFindings({ model, endpoint }: Readonly<Record<string, unknown>>): Finding[] {
  // Another form is refused by the schema.
  if (typeof model !== 'string' || !/^[A-Za-z0-9_-]{1,63}$/.test(model)) return [];
  const id = stackId(model);
  if (id === '') return [wrong('model', 'has no letter and no digit to name a stack by', model, 'give it a name')];
  if (id === STORE)
    return [
      wrong('model', `would be the stack ${STORE}, which holds what models share`, model, 'give it another name'),
    ];
  return isNamed(endpoint) || /^[A-Za-z0-9](-*[A-Za-z0-9])*$/.test(defaultEndpointName(model))
    ? []
    : [
        wrong(
          'model',
          `is the endpoint's name, too ("${defaultEndpointName(model)}"), which begins and ends with a letter or digit at SageMaker`,
          model,
          'give the endpoint a name of its own (endpoint.create.name), or the model another one',
        ),
      ];
}

/** Or not made here at all. */
const isNamed = (endpoint: unknown): boolean => {
  const create = memberOf(endpoint, 'create');
  return create === undefined || memberOf(create, 'name') !== undefined;
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const wrong = (key: string, problem: string, given: string, cure: string): Finding => ({
  ...finding('wrong', 'configuration', key, problem, cure),
  given: JSON.stringify(given),
});
