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
    secrets.on(GetSecretValueCommand).resolves({ SecretString: 'plain' });
    expect(await read({ secret: 'monitoring/arthur' })).toBe('plain');
  });

  test('without a key are the only member of a JSON secret, and never all of several', async () => {
    secrets.on(GetSecretValueCommand, { SecretId: 'one' }).resolves({ SecretString: '{"token":"t1"}' });
    secrets.on(GetSecretValueCommand, { SecretId: 'two' }).resolves({ SecretString: '{"a":"SENSITIVE","b":"t"}' });

    expect(await read({ secret: 'one' })).toBe('t1');
    await expect(read({ secret: 'two' })).rejects.toThrow(
      'secret two could not be read: it is a JSON object of 2 members; name one by key (in a variable: ARN#key)',
    );
  });

  test('by ARN are asked of the region that the ARN names', async () => {
    const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf';
    const parameterArn = 'arn:aws:ssm:eu-west-2:111122223333:parameter/p';
    secrets.on(GetSecretValueCommand, { SecretId: secretArn }).resolves({ SecretString: 't1' });
    parameters.on(GetParameterCommand, { Name: parameterArn }).resolves({ Parameter: { Value: 't2' } });

    expect([await read({ secret: secretArn }), await read({ ssm: parameterArn })]).toEqual(['t1', 't2']);
    const asked = [secrets.call(0).thisValue as SecretsManagerClient, parameters.call(0).thisValue as SSMClient];
    expect(await Promise.all(asked.map((client) => client.config.region()))).toEqual(['eu-west-1', 'eu-west-2']);
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
      'secret s (key k) could not be read: it is not a JSON object, so it has no member "k"',
    );
    secrets.on(GetSecretValueCommand).rejects(new Error('AccessDeniedException'));
    expect(await message({ secret: 's' })).toBe('secret s could not be read: AccessDeniedException');
  });
});
