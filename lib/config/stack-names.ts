/** `credit-risk` → `CreditRisk`: what stands after `cdk deploy`. */
export const stackId = (model: string): string =>
  model
    .split(/[-_]/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
    // A construct's id may begin with a digit, a stack's name may not.
    .replace(/^(?=\d)/, 'Model');

/** The name that CloudFormation and people in the console see; it takes no "_". */
export const stackName = (app: string, model: string): string => `${app}-${model.replaceAll('_', '-')}`;

/** The stack of what models share stands in lists beside the models' own. */
export const STORE = 'Store';

/** Of an endpoint that is made here and given no name; SageMaker takes no "_". */
export const defaultEndpointName = (model: string): string => model.replaceAll('_', '-');
