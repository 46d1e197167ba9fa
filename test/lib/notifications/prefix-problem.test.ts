import { prefixProblem } from '../../../lib/notifications/prefix-problem';

test.each(['captures/credit-risk/', 'a/', 'dt=2026/', 'a b/'])('takes "%s"', (prefix) => {
  expect(prefixProblem(prefix)).toBeNull();
});

test.each([
  ['s3://bucket/modelA/datacapture', /address.*write "modelA\/datacapture\/", and "bucket" as the bucket/],
  ['s3://bucket/x/', /write "x\/", and "bucket"/],
  ['s3://bucket', /write "captures\/", and "bucket"/],
  ['arn:aws:s3:::bucket/x', /write "x\/", and "bucket"/],
  ['/captures/', /begins with "\/".*write "captures\/"/],
  ['/', /write "captures\/"/],
  ['captures/credit', /must end with "\/".*write "captures\/credit\/"/],
  ['captures/*/', /no wildcards/],
  ['', /whole bucket/],
  [`${'a'.repeat(1024)}/`, /has 1025 characters; S3 takes at most 1024/],
])('says of "%s" what to write', (prefix, sentence) => {
  expect(prefixProblem(prefix)).toMatch(sentence);
});
