import { messageOf } from '../core/errors';
import type { SecretReader } from '../app/open-sinks';
import type { SecretReference } from '../sinks/sink';

/** Reads secrets where they are kept. The AWS clients are loaded only when a configuration refers to them. */
export function secretReader(env: Readonly<Record<string, string | undefined>>): SecretReader {
  return async (reference) => {
    const value = await read(reference, env);
    // A trailing newline is the commonest way to break a token kept in a file or pasted into a console.
    const trimmed = value?.trim() ?? '';
    // A header takes nothing else; undici's own error would read like a network failure and be tried again.
    if (/[^\x21-\x7e]/.test(trimmed))
      throw new Error(`${describe(reference)} holds blanks, line breaks or characters that no token has`);
    if (trimmed === '') throw new Error(`${describe(reference)} is empty or missing`);
    return trimmed;
  };
}

async function read(
  reference: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if ('env' in reference) return env[reference.env];
  try {
    return 'ssm' in reference ? await readParameter(reference.ssm) : await readSecret(reference.secret, reference.key);
  } catch (error) {
    throw new Error(`${describe(reference)} could not be read: ${messageOf(error)}`, { cause: error });
  }
}

async function readParameter(name: string): Promise<string | undefined> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(regionOf(name));
  const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  return answer.Parameter?.Value;
}

async function readSecret(id: string, key: string | undefined): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(regionOf(id));
  const answer = await client.send(new GetSecretValueCommand({ SecretId: id }));
  const text = answer.SecretString ?? '';
  return key === undefined ? wholeOrOnly(text) : memberOf(text, key);
}

/** An ARN names its region, which need not be the function's own. */
function regionOf(nameOrArn: string): { region?: string } {
  const region = /^arn:[^:]*:[^:]*:([a-z0-9-]+):/.exec(nameOrArn)?.[1];
  return region === undefined ? {} : { region };
}

/**
 * The text of a secret; or, where it is a JSON object as the console makes them, its only member. Several members are
 * refused: a token is one of them, and all of them must not be sent to a partner.
 */
function wholeOrOnly(text: string): string | undefined {
  const members = objectOf(text);
  if (members === null) return text;
  const [only, ...others] = Object.values(members);
  if (others.length > 0)
    throw new Error(`it is a JSON object of ${others.length + 1} members; name one by key (in a variable: ARN#key)`);
  return typeof only === 'string' ? only : undefined;
}

function memberOf(text: string, key: string): string | undefined {
  const members = objectOf(text);
  if (members === null) throw new Error(`it is not a JSON object, so it has no member "${key}"`);
  const value = Object.hasOwn(members, key) ? members[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Null for what is no JSON object. The parser's own message would quote the secret. */
function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : null;
  } catch {
    return null;
  }
}

function describe(reference: SecretReference): string {
  if ('env' in reference) return `environment variable ${reference.env}`;
  if ('ssm' in reference) return `parameter ${reference.ssm}`;
  return `secret ${reference.secret}${reference.key === undefined ? '' : ` (key ${reference.key})`}`;
}
