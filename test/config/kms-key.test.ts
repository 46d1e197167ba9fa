import { keyForm } from '../../src/config/kms-key';

const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const MULTI_REGION = `mrk-${'0123456789abcdef'.repeat(2)}`;
const PLACE = { partition: 'aws', region: 'us-west-2', account: '111122223333' };
const arn = (resource: string, partition = 'aws'): string => `arn:${partition}:kms:us-west-2:111122223333:${resource}`;

describe('a KMS key in a configuration', () => {
  test.each([
    [ID, { form: 'id', keyId: ID, isMultiRegion: false }],
    [MULTI_REGION, { form: 'id', keyId: MULTI_REGION, isMultiRegion: true }],
    [arn(`key/${ID}`), { form: 'arn', ...PLACE, keyId: ID, isMultiRegion: false }],
    [arn(`key/${MULTI_REGION}`), { form: 'arn', ...PLACE, keyId: MULTI_REGION, isMultiRegion: true }],
    ['alias/ExampleAlias', { form: 'alias', alias: 'alias/ExampleAlias', isAwsManaged: false }],
    ['alias/aws/s3', { form: 'alias', alias: 'alias/aws/s3', isAwsManaged: true }],
    [arn('alias/team/key_1'), { form: 'aliasArn', ...PLACE, alias: 'alias/team/key_1', isAwsManaged: false }],
    [arn(`key/${ID}`, 'aws-cn'), { form: 'arn', ...PLACE, partition: 'aws-cn', keyId: ID, isMultiRegion: false }],
    [
      arn('alias/a', 'aws-us-gov'),
      { form: 'aliasArn', ...PLACE, partition: 'aws-us-gov', alias: 'alias/a', isAwsManaged: false },
    ],
  ])('%s is taken apart', (text, expected) => {
    expect(keyForm(text)).toEqual(expected);
  });

  test.each([
    ['ExampleAlias', 'write alias/ExampleAlias'],
    ['alias/', 'alias/ is followed by'],
    [`${ID}0`, 'must name a KMS key'],
    ['mrk-123', 'must name a KMS key'],
    ['', 'must name a KMS key'],
    [arn(ID), 'and a key'],
    [arn('key/not-an-id'), 'what follows key/ is no key id'],
    [arn('alias/'), 'and a key'],
    [arn(`key/${ID}`, 'azure'), 'a partition (aws, aws-cn, aws-us-gov …)'],
    ['arn:aws:kms:us-west-2:1111:key/a', 'an account of 12 digits'],
    ['arn:aws:iam::111122223333:role/r', 'an ARN of "iam", not of kms'],
    ['arn:aws:s3:::bucket', 'an ARN of "s3", not of kms'],
    ['alias/with space', 'only letters, digits'],
    ['alias/'.padEnd(2049, 'a'), 'it has 2049 characters, 2048 are allowed'],
  ])('%s is refused with the four forms and a hint', (text, hint) => {
    const form = keyForm(text);

    const problem = 'problem' in form ? form.problem : '';
    expect(problem).toContain(hint);
    for (const example of [ID, arn(`key/${ID}`), 'alias/my-key', arn('alias/my-key')])
      expect(problem).toContain(example);
  });
});
