import { keyPrefix } from '../../src/config/deploy/key-prefix';

const problemsOf = (prefix: string): string[] =>
  keyPrefix.safeParse(prefix).error?.issues.map((issue) => issue.message) ?? [];

test.each(['captures/credit-risk/', 'a/', 'dt=2026/', 'a b/'])('takes "%s"', (prefix) => {
  expect(problemsOf(prefix)).toEqual([]);
});

test.each([
  ['s3://bucket/modelA/datacapture', /not an address; write "modelA\/datacapture\/", and "bucket" as the bucket/],
  ['s3://bucket/x/', /write "x\/", and "bucket"/],
  ['s3://bucket', /write "captures\/", and "bucket"/],
  ['arn:aws:s3:::bucket/x', /write "x\/", and "bucket"/],
  ['s3:///x', /write "x\/"$/],
  [' captures/', /blank; write "captures\/"/],
  ['captures//', /one "\/"; write "captures\/"/],
  ['/captures/', /not begin with "\/".*write "captures\/"/],
  ['/', /write "captures\/"/],
  ['captures/credit', /must end with "\/".*write "captures\/credit\/"/],
  ['captures/*/', /must hold neither/],
  ['', /whole bucket/],
  [`${'a'.repeat(1024)}/`, /must be at most 500 characters/],
])('says of "%s" what to write', (prefix, sentence) => {
  expect(problemsOf(prefix)).toEqual([expect.stringMatching(sentence)]);
});
