import * as z from 'zod';

/**
 * What a configuration may name as a secret or a parameter. It becomes the resource of a policy, where `*` and `?` would
 * stand for every other secret. Messages never repeat the text: it may be a token in the wrong place.
 */

/** AWS, "Partitions" of IAM identifiers: the three that accounts of customers are in. */
const PLACE = (service: string): string => `arn:(?:aws|aws-cn|aws-us-gov):${service}:[a-z]{2}(?:-[a-z]+)+-\\d:\\d{12}:`;

// "Length Constraints: Minimum length of 1. Maximum length of 512", "ASCII letters, numbers, and the following
// characters: /_+=.@-" (Secrets Manager API, CreateSecret, Name). An ARN ends with seven characters more.
const SECRET_CHARACTERS = '[A-Za-z0-9/_+=.@-]';
const SECRET_NAME = new RegExp(`^${SECRET_CHARACTERS}{1,512}$`);
const SECRET_ARN = new RegExp(`^${PLACE('secretsmanager')}secret:${SECRET_CHARACTERS}{1,519}$`);

// "a-zA-Z0-9_.-", "/" between levels, "1011 characters (including the characters in the ARN)" (Systems Manager API,
// PutParameter, Name).
const PARAMETER_NAME = /^\/?[A-Za-z0-9_.-][A-Za-z0-9_./-]*$/;
const PARAMETER_ARN = new RegExp(`^${PLACE('ssm')}parameter/[A-Za-z0-9_./-]+$`);
const MAX_PARAMETER_LENGTH = 1011;

export const isSecretName = (text: string): boolean =>
  text.startsWith('arn:') ? SECRET_ARN.test(text) : SECRET_NAME.test(text);

export const isParameterName = (text: string): boolean =>
  text.length <= MAX_PARAMETER_LENGTH && (text.startsWith('arn:') ? PARAMETER_ARN : PARAMETER_NAME).test(text);

export const secretName = z.string().refine(isSecretName, {
  error:
    'must be the name of one secret (1 to 512 letters, digits or "/_+=.@-") or its ARN (arn:aws:secretsmanager:{region}:{account}:secret:{name}), without "*" and blanks',
});

export const parameterName = z.string().refine(isParameterName, {
  error:
    'must be the name of one parameter (letters, digits or "._-", levels as /a/b, 1,011 characters at most) or its ARN (arn:aws:ssm:{region}:{account}:parameter/{name}), without "*" and blanks',
});
