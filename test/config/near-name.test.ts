import { nearName } from '../../src/config/near-name';
import { parseModelConfig } from '../../src/config/model-config';
import { ConfigError } from '../../src/core/errors';

const NAMES = ['name', 'account', 'region', 'tags', 'logRetentionDays', 'captureRetentionDays', 'kmsKey'];

test.each([
  ['nmae', 'name'],
  ['regon', 'region'],
  ['Region', 'region'],
  ['logRetentiondays', 'logRetentionDays'],
  ['logRetention', 'logRetentionDays'],
  ['kms_key', 'kmsKey'],
  ['acount', 'account'],
])('%s means %s', (given, near) => {
  expect(nearName(given, NAMES)).toBe(near);
});

test.each(['foo', 'x-a', 'team', 'retention', ''])('%j means none of them', (given) => {
  expect(nearName(given, NAMES)).toBeNull();
});

test.each([
  ['a model', { modle: 'm' }, 'modle is not a setting; write model, or remove it'],
  [
    'a sink',
    { sinks: [{ type: 'file', path: 'o', varients: [] }] },
    'sinks[0].varients is not a setting; write variants',
  ],
  ['a map within', { limits: { maxDeph: 1 } }, 'limits.maxDeph is not a setting; write maxDepth, or remove it'],
])('a misspelt setting of %s is told with the one that is near', (_, raw, problem) => {
  let problems: readonly string[] = [];

  try {
    parseModelConfig({ model: 'm', sinks: [{ type: 'file', path: 'o' }], ...raw });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems = error.problems;
  }

  expect(problems).toContainEqual(expect.stringContaining(problem));
});
