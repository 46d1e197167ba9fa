import { App, Stack } from 'aws-cdk-lib';
import { keyForm, type KeyForm, type KeyPlace } from '../../../src/config/kms-key';
import { keyPolicyToAdd } from '../../../lib/kms/key-policy';
import { keyStatements, type KeyUse } from '../../../lib/kms/key-permissions';

const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const STACK: KeyPlace = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const OTHER = 'arn:aws:kms:eu-west-1:444455556666';
const ROLE = 'arn:aws:iam::111122223333:role/shadow';

function form(text: string): KeyForm {
  const found = keyForm(text);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}
const granted = (text: string, use: KeyUse) =>
  keyStatements(form(text), use, STACK).map((each) => each.toJSON() as object);

const byAlias = (alias: string) => ({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } });
const viaS3 = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } };

describe('the grants of a role', () => {
  test.each([
    ['a key id', ID, `arn:aws:kms:eu-west-1:111122223333:key/${ID}`, {}],
    ['a key ARN', `${OTHER}:key/${ID}`, `${OTHER}:key/${ID}`, {}],
    ['an alias', 'alias/mine', 'arn:aws:kms:eu-west-1:111122223333:key/*', byAlias('alias/mine')],
    ['an alias ARN', `${OTHER}:alias/theirs`, `${OTHER}:key/*`, byAlias('alias/theirs')],
  ])('on %s are on a key ARN, and an alias is a condition', (_, text, Resource, Condition) => {
    expect(granted(text, 'read')).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource, Condition: { ...Condition, ...viaS3 } },
    ]);
  });

  test.each<[KeyUse, string, string[][], object[]]>([
    ['write', ID, [['kms:GenerateDataKey', 'kms:Decrypt']], [viaS3]],
    ['read', ID, [['kms:Decrypt']], [viaS3]],
    [
      'volume',
      ID,
      [['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'], ['kms:CreateGrant']],
      [{}, { Bool: { 'kms:GrantIsForAWSResource': 'true' } }],
    ],
  ])('for %s are what this use needs', (use, text, actions, conditions) => {
    const statements = keyStatements(form(text), use, STACK);

    expect(statements.map((each) => each.actions)).toEqual(actions);
    expect(statements.map((each) => each.conditions as object)).toEqual(conditions);
  });

  test.each([
    [ID, true],
    ['alias/mine', true],
    [`${OTHER}:alias/theirs`, true],
    [`${OTHER}:key/${ID}`, false],
  ])('for an experiment with %s hold kms:Encrypt: %s', (text, expected) => {
    const actions = keyStatements(form(text), 'experiment', STACK).flatMap((each) => each.actions);

    expect(actions.includes('kms:Encrypt')).toBe(expected);
    expect(actions).toEqual(expect.arrayContaining(['kms:CreateGrant', 'kms:GenerateDataKey', 'kms:DescribeKey']));
  });

  test('in a stack that knows its place only at deployment are on tokens', () => {
    const stack = new Stack(new App(), 'Anywhere');
    const [statement] = keyStatements(form('alias/mine'), 'read', stack);

    expect(stack.resolve(statement?.toJSON())).toMatchObject({
      Resource: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':kms:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':key/*',
          ],
        ],
      },
    });
  });
});

describe('the policy of a key that was made elsewhere', () => {
  const told = (text: string, change: object = {}) =>
    keyPolicyToAdd(form(text), {
      text,
      settings: ['capture.kmsKey'],
      uses: ['write'],
      roleArn: ROLE,
      stack: STACK,
      ...change,
    });

  test('in another account must hold a statement, which is told with a sentence', () => {
    const policy = told(`${OTHER}:key/${ID}`);

    expect(policy).toMatchObject({
      kind: 'add',
      sentence: `capture.kmsKey (${OTHER}:key/${ID}) belongs to account 444455556666, so its policy must hold this statement before the deployment works:`,
    });
    expect(JSON.parse('statement' in policy ? policy.statement : '')).toEqual({
      Effect: 'Allow',
      Principal: { AWS: ROLE },
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: viaS3,
    });
  });

  test('in the same account may leave it to the IAM policies', () => {
    expect(told(ID)).toMatchObject({
      kind: 'add',
      sentence: expect.stringContaining('unless it leaves access') as string,
    });
  });

  test('names no token, but the account of a role that is named at deployment', () => {
    const stack = new Stack(new App(), 'Anywhere');
    const policy = told(`${OTHER}:key/${ID}`, {
      roleArn: stack.formatArn({ service: 'iam', resource: 'role' }),
      stack,
    });

    const text = JSON.stringify(policy);
    expect(text).toContain('arn:aws:iam::<account>:root');
    expect(text).toContain('s3.<region>.amazonaws.com');
    expect(text).not.toContain('Token');
  });

  test.each([
    [
      'a key of another region',
      `arn:aws:kms:us-west-2:111122223333:key/${ID}`,
      /region us-west-2.*name a key of eu-west-1/,
    ],
    ["another account's AWS managed key", `${OTHER}:alias/aws/s3`, /AWS managed key of account 444455556666/],
  ])('cannot help with %s', (_, text, problem) => {
    expect(told(text)).toMatchObject({ kind: 'refused', problem: expect.stringMatching(problem) as string });
  });

  test("is AWS's own for an AWS managed key of this account", () => {
    expect(told('alias/aws/s3')).toEqual({ kind: 'none' });
  });
});
