import type { RawShadowTest } from '../../src/config/shadow-test';

/** A whole valid shadow test, with nothing but what is required. */
export function shadowTestSettings(change: Partial<RawShadowTest> = {}): RawShadowTest {
  return {
    name: 'challenger-2026-12',
    variants: [
      { variant: 'AllTraffic', model: 'credit-risk-7', instanceType: 'ml.m5.large', instanceCount: 1 },
      { variant: 'Challenger', model: 'credit-risk-8', instanceType: 'ml.m5.large', instanceCount: 1 },
    ],
    shadowVariant: { variant: 'Challenger', samplingPercentage: 100 },
    sourceVariant: 'AllTraffic',
    ...change,
  };
}

type Change = Partial<RawShadowTest>;

const names = (production: string, shadow: string): Change => {
  const [one, other] = shadowTestSettings().variants;
  return {
    variants: [one, other].flatMap((each, at) =>
      each === undefined ? [] : [{ ...each, variant: at === 0 ? production : shadow }],
    ),
    shadowVariant: { variant: shadow, samplingPercentage: 100 },
    sourceVariant: production,
  };
};
const variant = (change: object): Change => ({
  variants: shadowTestSettings().variants.map((each) => ({ ...each, ...change })),
});
const sampling = (samplingPercentage: number): Change => ({
  shadowVariant: { variant: 'Challenger', samplingPercentage },
});
const role = (length: number): string => 'arn:aws:iam::111122223333:role/'.padEnd(length, 'r');
const types = (csv: string[]): Change => ({ dataStorage: { contentTypes: { csv } } });
const jsonTypes = (json: string[]): Change => ({ dataStorage: { contentTypes: { json } } });
const tags = (count: number): Change => ({
  tags: Array.from({ length: count }, (_, at) => ({ key: `tag-${at}`, value: '' })),
});
// In the bucket `ml-captures`; the slash at the end is not written.
const prefix = (length: number): Change => ({ dataStorage: { prefix: `${'p'.repeat(length)}/` } });
const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `text/type-${at}`);
const third = { variant: 'Third', model: 'm', instanceType: 'ml.m5.large', instanceCount: 1 };
const START = '2026-12-01T00:00:00Z';

/** Every limit of CreateInferenceExperiment: the last value it takes, the first it does not, and the key at fault. */
export const LIMITS: readonly (readonly [what: string, good: Change, bad: Change, key: string])[] = [
  ['a name has at least 1 character', { name: 'a' }, { name: '' }, 'name'],
  ['a name has at most 120 characters', { name: 'a'.repeat(120) }, { name: 'a'.repeat(121) }, 'name'],
  ['a name begins with a letter or digit', { name: '1-a' }, { name: '-a' }, 'name'],
  ['a name ends with a letter or digit', { name: 'a--1' }, { name: 'a-' }, 'name'],
  ['a name has no underscore', { name: 'a-b' }, { name: 'a_b' }, 'name'],
  [
    'a description has at most 1,024 characters',
    { description: 'd'.repeat(1024) },
    { description: 'd'.repeat(1025) },
    'description',
  ],
  ['a description is one line', { description: 'all on one' }, { description: 'on\ntwo' }, 'description'],
  ['an endpoint has at most 63 characters', { endpoint: 'e'.repeat(63) }, { endpoint: 'e'.repeat(64) }, 'endpoint'],
  ['an endpoint has no underscore', { endpoint: 'e-1' }, { endpoint: 'e_1' }, 'endpoint'],
  [
    'a key has at most 2,048 characters',
    { kmsKey: 'alias/'.padEnd(2048, 'k') },
    { kmsKey: 'alias/'.padEnd(2049, 'k') },
    'kmsKey',
  ],
  ['a key has no dot', { kmsKey: 'alias/a' }, { kmsKey: 'alias/a.b' }, 'kmsKey'],
  ['a role has at most 2,048 characters', { role: role(2048) }, { role: role(2049) }, 'role'],
  ['a role is the ARN of a role', { role: role(32) }, { role: 'arn:aws:iam::111122223333:user/u' }, 'role'],
  ['a role has an account of 12 digits', { role: role(40) }, { role: 'arn:aws:iam::11112222333:role/r' }, 'role'],
  ['there is at least 1 variant', { variants: shadowTestSettings().variants.slice(1) }, { variants: [] }, 'variants'],
  ['there are at most 2 variants', {}, { variants: [...shadowTestSettings().variants, third] }, 'variants'],
  [
    'a variant has at most 63 characters',
    names('a'.repeat(63), 'b'),
    names('a'.repeat(64), 'b'),
    'variants[0].variant',
  ],
  [
    'a model has at most 63 characters',
    variant({ model: 'm'.repeat(63) }),
    variant({ model: 'm'.repeat(64) }),
    'variants[0].model',
  ],
  [
    'there is at least 1 instance',
    variant({ instanceCount: 1 }),
    variant({ instanceCount: 0 }),
    'variants[0].instanceCount',
  ],
  [
    'an instance type begins with ml.',
    variant({ instanceType: 'ml.c5.xlarge' }),
    variant({ instanceType: 'c5.xlarge' }),
    'variants[0].instanceType',
  ],
  ['at least 0 % of the requests are copied', sampling(0), sampling(-1), 'shadowVariant.samplingPercentage'],
  ['at most 100 % of the requests are copied', sampling(100), sampling(101), 'shadowVariant.samplingPercentage'],
  ['the percentage is whole', sampling(50), sampling(50.5), 'shadowVariant.samplingPercentage'],
  [
    'the shadow variant is one of the variants',
    {},
    { shadowVariant: { variant: 'Chalenger', samplingPercentage: 1 } },
    'shadowVariant.variant',
  ],
  ['the source variant is one of the variants', {}, { sourceVariant: 'Variant1' }, 'sourceVariant'],
  ['source and shadow differ', {}, { sourceVariant: 'Challenger' }, 'sourceVariant'],
  ['variants have names of their own', names('A', 'B'), names('A', 'A'), 'variants[1].variant'],
  [
    'a test lasts at least 1 hour',
    { schedule: { start: START, end: '2026-12-01T01:00:00Z' } },
    { schedule: { start: START, end: '2026-12-01T00:59:59Z' } },
    'schedule.end',
  ],
  [
    'a test lasts at most 30 days',
    { schedule: { start: START, end: '2026-12-31T00:00:00Z' } },
    { schedule: { start: START, end: '2026-12-31T00:00:01Z' } },
    'schedule.end',
  ],
  [
    'a test ends after it starts, whatever the zones',
    { schedule: { start: '2026-12-01T02:00:00+02:00', end: '2026-12-01T01:00:00Z' } },
    { schedule: { start: START, end: '2026-12-01T01:00:00+01:00' } },
    'schedule.end',
  ],
  ['a time has a zone', { schedule: { end: START } }, { schedule: { end: '2026-12-01T00:00:00' } }, 'schedule.end'],
  [
    'a time is one of the calendar',
    { schedule: { start: '2028-02-29T00:00:00Z', end: '2028-03-01T00:00:00Z' } },
    { schedule: { start: '2027-02-29T00:00:00Z', end: '2027-03-01T00:00:00Z' } },
    'schedule.start',
  ],
  ['captures need a content type or have the default', types(['text/csv']), types([]), 'dataStorage.contentTypes.csv'],
  ['there are at most 10 CSV types', types(many(10)), types(many(11)), 'dataStorage.contentTypes.csv'],
  ['there are at most 10 JSON types', jsonTypes(many(10)), jsonTypes(many(11)), 'dataStorage.contentTypes.json'],
  [
    'a content type has at most 256 characters',
    types(['text/'.padEnd(256, 't')]),
    types(['text/'.padEnd(257, 't')]),
    'dataStorage.contentTypes.csv[0]',
  ],
  [
    'the key of the captures has one of the four forms',
    { dataStorage: { kmsKey: 'alias/captures' } },
    { dataStorage: { kmsKey: 'captures' } },
    'dataStorage.kmsKey',
  ],
  [
    'a prefix ends with a slash',
    { dataStorage: { prefix: 'a/' } },
    { dataStorage: { prefix: 'a' } },
    'dataStorage.prefix',
  ],
  ['there are at most 50 tags', tags(50), tags(51), 'tags'],
  [
    'a test without capture has no place for it',
    { capture: false },
    { capture: false, dataStorage: {} },
    'dataStorage',
  ],
  [
    'a destination has at most 512 characters',
    prefix(512 - 's3://ml-captures/'.length),
    prefix(513 - 's3://ml-captures/'.length),
    'dataStorage',
  ],
];
