import { findAcrossModels } from '../../../src/cli/check/across-models';
import type { ConfigFile } from '../../../src/cli/check/config-file';

const file = (path: string, raw: object): ConfigFile => ({ path, raw, config: null, findings: [], lineOf: () => 3 });
const arthur = (parts: object = {}): object => ({ type: 'arthur', host: 'https://a.example', modelId: 'm', ...parts });

function problems(...raws: readonly object[]): string[] {
  const files = raws.map((raw, at) => file(`${at}.yaml`, { model: `model-${at}`, ...raw }));
  return [...findAcrossModels(files)].flatMap(([path, findings]) =>
    findings.map((found) => `${path}:${found.line} ${found.severity} ${found.key} ${found.problem}`),
  );
}

const capture = (bucket: string, prefix: string): object => ({ capture: { bucket, prefix } });

test('finds two models of one name, with the line', () => {
  expect(problems({ model: 'a' }, { model: 'a' })).toEqual(['1.yaml:3 wrong model "a" is the model of 0.yaml, too']);
});

test.each([
  ['the same prefix', 'p/churn/', 'p/churn/', 1],
  ['a prefix below another', 'p/', 'p/churn/', 1],
  ['a prefix above another', 'p/churn/', 'p/', 1],
  ['prefixes side by side', 'p/churn/', 'p/churn-2/', 0],
])('finds of %s in one bucket as many overlaps as there are', (_, one, other, count) => {
  expect(problems(capture('b', one), capture('b', other))).toHaveLength(count);
});

test('shows a key that would reach both models', () => {
  expect(problems(capture('b', 'p/'), capture('b', 'p/churn/'))).toEqual([
    '1.yaml:3 wrong capture.prefix "p/churn/" overlaps "p/" of 0.yaml in bucket b: "p/churn/example.jsonl" would reach both models',
  ]);
});

test('lets the same prefix be in two buckets', () => {
  expect(problems(capture('b', 'p/'), capture('c', 'p/'))).toEqual([]);
});

const shadowTest = (dataStorage: object): object => ({ shadow: { test: { dataStorage } } });

test.each([
  [
    "another model's captures",
    [capture('b', 'p/'), { ...capture('b', 'q/'), ...shadowTest({ prefix: 'p/tests/' }) }],
    '1.yaml:3 wrong shadow.test.dataStorage.prefix "p/tests/" overlaps "p/" of 0.yaml in bucket b: "p/tests/example.jsonl" would reach both models',
  ],
  [
    'captures of a model that comes later',
    [{ ...capture('b', 'p/'), ...shadowTest({}) }, capture('b', 'shadow-tests/')],
    '1.yaml:3 wrong capture.prefix "shadow-tests/" overlaps "shadow-tests/model-0/" of the shadow test of 0.yaml in bucket b: "shadow-tests/model-0/example.jsonl" would reach both models',
  ],
  [
    'those of another shadow test, in a bucket of its own',
    [
      { ...capture('b', 'p/'), ...shadowTest({ bucket: 'tests', prefix: 'x/' }) },
      { ...capture('b', 'q/'), ...shadowTest({ bucket: 'tests', prefix: 'x/y/' }) },
    ],
    '1.yaml:3 wrong shadow.test.dataStorage.prefix "x/y/" overlaps "x/" of the shadow test of 0.yaml in bucket tests: "x/y/example.jsonl" would reach both models',
  ],
])('finds captures of a shadow test among %s', (_, raws, problem) => {
  expect(problems(...raws)).toEqual([problem]);
});

test('finds a sink that writes where a shadow test captures', () => {
  const sinks = [{ type: 's3-lake', bucket: 'b', prefix: 'shadow-tests/model-0/lake/' }];

  expect(problems({ ...capture('b', 'p/'), ...shadowTest({}), sinks })[0]).toMatch(
    /sinks\[0\] writes to .* where the shadow test of 0\.yaml watches "shadow-tests\/model-0\/"/,
  );
});

test.each([
  ['captures nothing', { test: { capture: false } }],
  ['is no object', { test: 'x' }],
  ['is empty', { test: null }],
  ['has a prefix of another form', { test: { dataStorage: { prefix: 5 } } }],
])('a shadow test that %s watches nothing', (_, shadow) => {
  expect(problems(capture('b', 'shadow-tests/'), { ...capture('b', 'q/'), shadow })).toEqual([]);
});

test('finds two models that fill one model of a partner, whatever else differs', () => {
  const [found] = problems(
    { sinks: [arthur({ token: { env: 'A' } })] },
    { sinks: [arthur({ host: 'https://a.example/', name: 'x' })] },
  );

  expect(found).toMatch(/1\.yaml:3 wrong sinks\[0\] delivers to the same arthur model as sinks\[0\] of 0\.yaml/);
});

test('lets two models share a folder, because files keep the keys of their captures', () => {
  const folder = { sinks: [{ type: 'file', path: 'out/' }] };

  expect(problems(folder, folder)).toEqual([]);
});

test.each([
  ['alike', {}, {}, 1],
  ['of production and shadow traffic', {}, { shadow: 'only' }, 0],
  ['of production and all traffic', {}, { shadow: 'include' }, 1],
  ['of two variants', { variants: ['A'] }, { variants: ['B'] }, 0],
  ['of a variant and all variants', { variants: ['A'] }, {}, 1],
])('finds of two sinks %s to one place as many duplicates as there are', (_, one, other, count) => {
  expect(problems({ sinks: [arthur(one), arthur({ name: 'two', ...other })] })).toHaveLength(count);
});

test('takes documents of any form', () => {
  const files = [null, 5, [], { sinks: 5 }, { sinks: [null, 'x'] }].map((raw, at) => file(`${at}.yaml`, raw as object));

  expect([...findAcrossModels(files).values()].flat()).toEqual([]);
});
