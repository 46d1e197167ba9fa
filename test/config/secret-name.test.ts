import { secretReference } from '../../src/config/fields';
import { problemsOf } from '../../src/config/problems';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:';
const PARAMETER = 'arn:aws:ssm:eu-west-1:111122223333:parameter/';

function problems(token: unknown): string[] {
  const parsed = secretReference.safeParse(token);
  return parsed.success ? [] : problemsOf(parsed.error, token, 'sinks[0].token');
}

describe('a reference names one secret:', () => {
  test.each([
    [{ secret: 'monitoring/arthur_1+2=3.a@b-c' }],
    [{ secret: 'a'.repeat(512), key: 'any member, * too' }],
    [{ secret: `${SECRET}monitoring/arthur-AbCdEf` }],
    [{ secret: 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a' }],
    [{ secret: 'arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a' }],
    [{ ssm: '/monitoring/fiddler.v1_a-b' }],
    [{ ssm: 'token' }],
    [{ ssm: `${PARAMETER}monitoring/fiddler` }],
  ])('%j is taken', (token) => {
    expect(problems(token)).toEqual([]);
  });

  test.each([
    ['*'],
    [''],
    ['monitoring/arthur*'],
    ['monitoring/arthur?'],
    [' monitoring/arthur'],
    ['monitoring/arthur\n'],
    ['a'.repeat(513)],
    ['arn:aws:s3:::x'],
    [`${PARAMETER}x`],
    [`${SECRET}*`],
    [SECRET],
    ['arn:aws:secretsmanager:*:111122223333:secret:a'],
    ['arn:aws:secretsmanager:eu-west-1:*:secret:a'],
    ['arn:aws:secretsmanager:eu-west-1:1111:secret:a'],
    ['arn:aws-moon:secretsmanager:eu-west-1:111122223333:secret:a'],
  ])('the secret %j is refused, and not repeated', (secret) => {
    expect(problems({ secret })).toEqual([
      'sinks[0].token.secret must be the name of one secret (1 to 512 letters, digits or "/_+=.@-") or its ARN (arn:aws:secretsmanager:{region}:{account}:secret:{name}), without "*" and blanks',
    ]);
  });

  test.each([
    ['*'],
    [''],
    ['/monitoring/*'],
    ['/monitoring/a b'],
    ['/'],
    ['a'.repeat(1012)],
    ['arn:aws:s3:::x'],
    [`${SECRET}x`],
    [`${PARAMETER}*`],
    ['arn:aws:ssm:eu-west-1:111122223333:*'],
  ])('the parameter %j is refused, and not repeated', (ssm) => {
    expect(problems({ ssm })).toEqual([
      'sinks[0].token.ssm must be the name of one parameter (letters, digits or "._-", levels as /a/b, 1,011 characters at most) or its ARN (arn:aws:ssm:{region}:{account}:parameter/{name}), without "*" and blanks',
    ]);
  });

  test('the variable is refused by its form, and not repeated', () => {
    expect(problems({ env: 'pa-ss' })).toEqual([
      'sinks[0].token.env must be the name of a variable: letters, digits or "_"',
    ]);
  });
});
