import type { ConfigFile } from '../../../src/cli/check/config-file';
import { planExitCode } from '../../../src/cli/plan/json';
import { lookAtBuckets } from '../../../src/cli/plan/live';
import { planModels } from '../../../src/cli/plan/plan';

/** Documents with settings of the deploy, whatever else a configuration may hold. */
const file = (raw: object, path = 'm.yaml'): ConfigFile => ({ path, raw, config: null, findings: [], lineOf: () => 1 });
const sinks = [{ type: 'arthur' }, { name: 'lake', type: 's3-lake' }];
const partsOf = (raw: object): string =>
  planModels([file({ model: 'm', sinks, ...raw })])
    .flatMap((model) => model.parts)
    .join('\n');
const problems = (...raws: readonly object[]): string[] =>
  planModels(raws.map((raw, at) => file({ model: `m${at}`, ...raw }, `${at}.yaml`))).flatMap((model) =>
    model.findings.map((found) => `${found.key}: ${found.problem}`),
  );

const named = { bucket: 'b', prefix: 'p/' };

test.each([
  ['an endpoint to create', { endpoint: { create: {} }, capture: named }, 'endpoint: created, capturing 100 %'],
  ['an endpoint that exists', { endpoint: { existing: 'prod' }, capture: named }, 'endpoint: prod exists'],
  ['no endpoint', { capture: named }, 'endpoint: none'],
  [
    'a bucket that exists',
    { capture: { ...named, store: 'existing' } },
    'captures: bucket b exists; its rules of others',
  ],
  ['a bucket of its own', { capture: { prefix: 'p/', store: 'own' } }, 'captures: a bucket of its own, created'],
  ['the shared bucket', { capture: { prefix: 'p/' } }, "captures: the app's shared bucket, created"],
  ['a notification', { capture: named }, 'trigger: an S3 notification rule for "p/….jsonl" (s3:ObjectCreated:*)'],
  ['EventBridge', { capture: { ...named, trigger: 'eventbridge' } }, 'trigger: an EventBridge rule for "p/….jsonl"'],
  ['two sinks', { capture: named }, 'queues: a queue and a dead-letter queue for each sink (arthur, lake)'],
])('a model with %s is told in words', (_, raw, part) => {
  expect(partsOf(raw)).toContain(part);
});

test.each([
  ['the shared bucket', { prefix: 'p/' }, { prefix: 'p/a/' }, 1],
  ['buckets of their own', { prefix: 'p/', store: 'own' }, { prefix: 'p/a/', store: 'own' }, 0],
  ['a bucket of its own and the shared one', { prefix: 'p/', store: 'own' }, { prefix: 'p/' }, 0],
  [
    'EventBridge, where S3 refuses nothing',
    { ...named, trigger: 'eventbridge' },
    { ...named, trigger: 'eventbridge' },
    1,
  ],
])('prefixes in %s overlap as often as a file would reach two models', (_, one, other, count) => {
  expect(problems({ capture: one }, { capture: other })).toHaveLength(count);
});

test.each([
  ['below', 'p/lake/', 'p/lake/example.jsonl'],
  ['at', 'p/', 'p/example.jsonl'],
  ['all around', undefined, 'p/example.jsonl'],
])('a sink that writes %s what any model watches is a loop, with a key', (_, prefix, key) => {
  const writing = { capture: { bucket: 'b', prefix: 'q/' }, sinks: [{ type: 's3-lake', bucket: 'b', prefix }] };

  expect(problems({ capture: named }, writing)[0]).toMatch(new RegExp(`^sinks\\[0\\]: writes to .*"${key}" would be`));
});

test('a sink may write beside the captures, and to another bucket', () => {
  const lakes = [
    { type: 's3-lake', bucket: 'b', prefix: 'lake/' },
    { type: 's3-lake', bucket: 'c', prefix: 'p/' },
  ];

  expect(problems({ capture: named, sinks: lakes })).toEqual([]);
});

test('a bucket is asked for once, and one that does not exist yet is no problem', async () => {
  const asked: string[] = [];
  const models = planModels([
    file({ model: 'a', capture: { ...named, store: 'shared' } }),
    file({ model: 'b', capture: { bucket: 'b', prefix: 'q/', store: 'shared' } }),
    file({ model: 'c', capture: { prefix: 'q/' } }),
  ]);
  const live = await lookAtBuckets(models, (bucket) => {
    asked.push(bucket);
    return Promise.resolve(null);
  });

  expect(asked).toEqual(['b']);
  expect(live).toMatchObject([{ now: null, models: [{ rule: 'missing' }, { rule: 'missing' }] }]);
  expect(planExitCode(models, live)).toBe(0);
});

test('EventBridge has no overlap with rules of others', async () => {
  const models = planModels([file({ model: 'a', capture: { ...named, trigger: 'eventbridge' } })]);
  const rule = { Id: 'theirs', QueueArn: 'arn', Events: ['s3:ObjectCreated:*'] };
  const live = await lookAtBuckets(models, () => Promise.resolve({ QueueConfigurations: [rule] }));

  expect(live).toMatchObject([{ now: { eventBridge: false }, models: [{ rule: 'none', overlaps: [] }] }]);
});

describe('the trigger of a shadow test', () => {
  const withTest = { model: 'a', capture: named, shadow: { test: { dataStorage: {} } } };
  const rule = (Id: string, prefix: string) => ({
    Id,
    QueueArn: 'arn',
    Events: ['s3:ObjectCreated:*'],
    Filter: {
      Key: {
        FilterRules: [
          { Name: 'prefix', Value: prefix },
          { Name: 'suffix', Value: '.jsonl' },
        ],
      },
    },
  });

  test('stands beside that of the endpoint', () => {
    expect(partsOf({ capture: named, shadow: { test: {} } })).toContain(
      'trigger of the shadow test: an S3 notification rule for "shadow-tests/m/….jsonl"',
    );
  });

  test('is known on a bucket by its rule, as a deploy names it', async () => {
    const rules = [
      rule('capture-relay-0123456789abcdef-a', 'p/'),
      rule('capture-relay-0123456789abcdef-a-shadow', 'shadow-tests/a/'),
    ];
    const live = await lookAtBuckets(planModels([file(withTest)]), () =>
      Promise.resolve({ QueueConfigurations: rules }),
    );

    expect(live).toMatchObject([
      {
        models: [
          { of: 'endpoint', rule: 'present', overlaps: [] },
          { of: 'shadow test', rule: 'present', overlaps: [] },
        ],
      },
    ]);
  });

  test('is told apart from a rule of others in its way', async () => {
    const models = planModels([file(withTest)]);
    const live = await lookAtBuckets(models, () =>
      Promise.resolve({ QueueConfigurations: [rule('terraform', 'shadow-tests/')] }),
    );

    expect(live[0]?.models).toMatchObject([
      { of: 'endpoint', rule: 'missing', overlaps: [] },
      { of: 'shadow test', rule: 'missing', overlaps: [{ key: 'shadow-tests/a/example.jsonl' }] },
    ]);
    expect(planExitCode(models, live)).toBe(1);
  });

  test('asks its own bucket, which a deploy never makes', async () => {
    const asked: string[] = [];
    const [model] = planModels([file({ ...withTest, shadow: { test: { dataStorage: { bucket: 'tests' } } } })]);
    await lookAtBuckets(model === undefined ? [] : [model], (bucket) => {
      asked.push(bucket);
      return Promise.resolve(null);
    });

    expect(asked).toEqual(['b', 'tests']);
    expect(model?.triggers.map(({ store }) => store)).toEqual(['shared', 'existing']);
  });
});
