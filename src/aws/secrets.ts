import { messageOf } from '../core/errors';
import type { SecretReader } from '../app/open-sinks';
import type { SecretReference } from '../sinks/sink';

/** Reads secrets where they are kept. The AWS clients are loaded only when a configuration refers to them. */
export function secretReader(env: Readonly<Record<string, string | undefined>>): SecretReader {
  return async (reference) => {
    const value = await read(reference, env);
    // A trailing newline is the commonest way to break a token kept in a file or pasted into a console.
    const trimmed = value?.trim() ?? '';
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
  const client = new SSMClient({});
  const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  return answer.Parameter?.Value;
}

async function readSecret(id: string, key: string | undefined): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({});
  const answer = await client.send(new GetSecretValueCommand({ SecretId: id }));
  if (key === undefined) return answer.SecretString;
  return memberOf(answer.SecretString ?? '', key);
}

function memberOf(text: string, key: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    throw new Error(`it is not JSON, so it has no member "${key}"`);
  }
  const value = typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function describe(reference: SecretReference): string {
  if ('env' in reference) return `environment variable ${reference.env}`;
  if ('ssm' in reference) return `parameter ${reference.ssm}`;
  return `secret ${reference.secret}${reference.key === undefined ? '' : ` (key ${reference.key})`}`;
}
