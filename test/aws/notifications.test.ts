import * as fc from 'fast-check';
import { readInvocation } from '../../src/aws/notifications';
import { s3EventRecord } from '../support/s3-events';

const keysOf = (event: unknown): unknown =>
  readInvocation(event).map(({ messageId, notices }) => [
    messageId,
    notices.map((notice) => (notice.kind === 'created' ? notice.created.file.key : notice.kind)),
  ]);
const sqs = (...bodies: string[]): object => ({
  Records: bodies.map((body, at) => ({ eventSource: 'aws:sqs', messageId: `m${at}`, eventSourceARN: 'arn:q', body })),
});
const s3 = (...keys: string[]): object => ({ Records: keys.map((key) => s3EventRecord(key)) });
const eventBridge = (key: string): object => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'b' }, object: { key, etag: 'e', 'version-id': 'v', size: 1 } },
});
const sns = (message: object): object => ({ Type: 'Notification', MessageId: 'n', Message: JSON.stringify(message) });

describe('notifications', () => {
  test('of S3 directly: every record', () => {
    expect(keysOf(s3('a', 'b', 'c'))).toEqual([[null, ['a', 'b', 'c']]]);
  });

  test('through SQS: every record of every message, each with its message id', () => {
    expect(keysOf(sqs(JSON.stringify(s3('a', 'b')), JSON.stringify(s3('c'))))).toEqual([
      ['m0', ['a', 'b']],
      ['m1', ['c']],
    ]);
  });

  test('wrapped by SNS, in SQS and directly', () => {
    expect(keysOf(sqs(JSON.stringify(sns(s3('a')))))).toEqual([['m0', ['a']]]);
    expect(keysOf({ Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(s3('a', 'b')) } }] })).toEqual([
      [null, ['a', 'b']],
    ]);
  });

  test('of EventBridge, in SQS and directly, whose keys are not encoded', () => {
    expect(keysOf(eventBridge('a+b%20c d'))).toEqual([[null, ['a+b%20c d']]]);
    expect(keysOf(sqs(JSON.stringify(eventBridge('x y'))))).toEqual([['m0', ['x y']]]);
  });

  test.each([
    ['p/a+b%2Bc%3Dd+%C3%A9%281%29', 'p/a b+c=d é(1)'],
    ['p%2Fa+b', 'p/a b'],
    ['p/a%20b', 'p/a b'],
    ['p/100%25', 'p/100%'],
    ['p//x', 'p//x'],
  ])('decode the key %s to %s', (encoded, key) => {
    expect(keysOf({ Records: [s3EventRecord(key, { encoded })] })).toEqual([[null, [key]]]);
  });

  test('give any key back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (key) =>
        expect(keysOf(s3(key))).toEqual([[null, [key]]]),
      ),
    );
  });

  test('that ask for nothing are acknowledged: test events, deletions, other detail types', () => {
    expect(keysOf({ Service: 'Amazon S3', Event: 's3:TestEvent' })).toEqual([[null, ['ignored']]]);
    expect(keysOf(sqs('{"Event":"s3:TestEvent"}'))).toEqual([['m0', ['ignored']]]);
    expect(keysOf({ Records: [s3EventRecord('a', { eventName: 'ObjectRemoved:Delete' })] })).toEqual([
      [null, ['ignored']],
    ]);
    expect(keysOf({ source: 'aws.s3', 'detail-type': 'Object Deleted', detail: {} })).toEqual([[null, ['ignored']]]);
  });

  test.each([
    '',
    'not json',
    '[]',
    '{}',
    '"text"',
    '{"Records":[{}]}',
    '{"Records":[{"s3":{"bucket":{"name":"b"},"object":{"key":"%"}},"eventName":"ObjectCreated:Put"}]}',
  ])('that cannot be read are told apart: %j', (body) => {
    expect(keysOf(sqs(body, JSON.stringify(s3('good'))))).toEqual([
      ['m0', ['unreadable']],
      ['m1', ['good']],
    ]);
  });

  test('carry version and ETag; "null" is no version', () => {
    const read = (parts: object): unknown => readInvocation({ Records: [s3EventRecord('k', parts)] })[0]?.notices[0];

    expect(read({ versionId: 'v1', eTag: '"quoted"' })).toMatchObject({
      created: { file: { versionId: 'v1' }, eTag: 'quoted' },
    });
    expect(read({ versionId: 'null' })).toMatchObject({ created: { file: { versionId: null } } });
  });
});
