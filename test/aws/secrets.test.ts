import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { secretReader } from '../../src/aws/secrets';

const secrets = mockClient(SecretsManagerClient);
const parameters = mockClient(SSMClient);
const read = secretReader({ TOKEN: ' from-env\n', EMPTY: ' ' });

beforeAll(() => {
  process.env.AWS_REGION = 'us-east-1';
});
beforeEach(() => {
  secrets.reset();
  parameters.reset();
});

describe('secrets by reference', () => {
  test('come from an environment variable, without the newline people paste', async () => {
    expect(await read({ env: 'TOKEN' })).toBe('from-env');
  });

  test('come from Secrets Manager, whole or by key', async () => {
    secrets.on(GetSecretValueCommand, { SecretId: 'monitoring/arthur' }).resolves({ SecretString: '{"token":"t1"}' });

    expect(await read({ secret: 'monitoring/arthur', key: 'token' })).toBe('t1');
    expect(await read({ secret: 'monitoring/arthur' })).toBe('{"token":"t1"}');
  });

  test('come from Parameter Store, decrypted', async () => {
    parameters.on(GetParameterCommand, { Name: '/x', WithDecryption: true }).resolves({ Parameter: { Value: 't2' } });

    expect(await read({ ssm: '/x' })).toBe('t2');
  });

  test('that are missing, empty or of another form are told by their reference, never by their value', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: 'SENSITIVE not json' });
    const message = async (reference: Parameters<typeof read>[0]): Promise<string> =>
      read(reference).then(
        () => 'read',
        (error: Error) => error.message,
      );

    expect(await message({ env: 'MISSING' })).toBe('environment variable MISSING is empty or missing');
    expect(await message({ env: 'EMPTY' })).toBe('environment variable EMPTY is empty or missing');
    expect(await message({ secret: 's', key: 'k' })).toBe(
      'secret s (key k) could not be read: it is not JSON, so it has no member "k"',
    );
    secrets.on(GetSecretValueCommand).rejects(new Error('AccessDeniedException'));
    expect(await message({ secret: 's' })).toBe('secret s could not be read: AccessDeniedException');
  });
});
