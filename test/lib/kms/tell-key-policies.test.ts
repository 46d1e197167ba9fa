import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { tellKeyPolicies } from '../../../lib/kms/tell-key-policies';

const ML = 'arn:aws:iam::111122223333:role/ml';

/** All that is said of keys, when a forwarder of the stack reads and somebody with this role writes. */
function told(writer: 'made here' | typeof ML, keys = ['alias/captures', 'alias/captures']): string[] {
  const stack = new Stack(new App(), 'CreditRisk');
  const roleOf = (id: string): string =>
    new Role(stack, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }).roleArn;
  tellKeyPolicies(stack, roleOf('Reader'), [{ setting: 'capture.kmsKey', text: keys[0], use: 'read' }]);
  tellKeyPolicies(new Construct(stack, 'Endpoint'), writer === ML ? ML : roleOf('Writer'), [
    { setting: 'capture.kmsKey', text: keys[1], use: 'write' },
    { setting: 'endpoint.create.volumeKmsKey', text: keys[1], use: 'volume' },
  ]);
  return Annotations.fromStack(stack)
    .findInfo('*', Match.anyValue())
    .map(({ entry }) => entry.data as string);
}

const statementsIn = (text: string): { Action: string[] }[] =>
  [JSON.parse(text.slice(text.indexOf(':\n') + 2)) as { Action: string[] }].flat();

describe('what the policy of a key needs', () => {
  test('is said once for all roles of a stack, each action once', () => {
    const [text = '', ...others] = told('made here');

    expect(others).toEqual([]);
    expect(text).toMatch(
      /^capture\.kmsKey and endpoint\.create\.volumeKmsKey \(alias\/captures\) is not made by this stack/,
    );
    expect(statementsIn(text).map(({ Action }) => Action)).toEqual([
      ['kms:Decrypt', 'kms:GenerateDataKey'],
      ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'],
      ['kms:CreateGrant'],
    ]);
  });

  test('is said by itself for a role that has a name, and for another key', () => {
    expect(told(ML)).toHaveLength(2);
    expect(told('made here', ['alias/captures', 'alias/volumes'])).toHaveLength(2);
  });
});
