import { parseModelConfig } from '../../src/config/model-config';
import { shadowTestNotes, type RawShadowTest } from '../../src/config/shadow-test';
import { destinationUri } from '../../src/config/shadow-capture';
import { ConfigError } from '../../src/core/errors';
import { LIMITS, shadowTestSettings } from '../support/shadow-tests';

const CAPTURE = { bucket: 'ml-captures', prefix: 'captures/credit-risk/' };
const model = (test: unknown, more: object = {}): object => ({
  model: 'credit-risk',
  capture: CAPTURE,
  shadow: { test },
  sinks: [{ type: 'file', path: 'out' }],
  ...more,
});

function problems(raw: unknown): readonly string[] {
  try {
    parseModelConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('shadow.test', () => {
  test.each(LIMITS)('%s: the last good value is taken, the next one refused at its key', (_, good, bad, key) => {
    expect(problems(model(shadowTestSettings(good)))).toEqual([]);
    const found = problems(model(shadowTestSettings(bad)));
    expect(found.map((problem) => problem.split(' ')[0])).toContain(`shadow.test.${key}`);
  });

  test('that is wrong in many places lists them all, each with what was given and what to do', () => {
    const found = problems(
      model({
        ...shadowTestSettings({ sourceVariant: 'Variant1', kmsKey: 'my-key' }),
        samplingPercent: 10,
        dataStorage: { contentTypes: { csv: ['text/csv; charset=utf-8'], json: ['application/ld+json'] } },
      }),
    );

    expect(found).toEqual([
      expect.stringMatching(/^shadow\.test\.kmsKey must name a KMS key: .*write alias\/my-key; given: "my-key"$/),
      expect.stringMatching(/^shadow\.test\.dataStorage\.contentTypes\.csv\[0\] .*write text\/csv, which/),
      expect.stringMatching(/^shadow\.test\.dataStorage\.contentTypes\.json\[0\] holds "\+", .*remove the entry/),
      expect.stringMatching(/^shadow\.test\.samplingPercent is not a setting/),
      expect.stringMatching(/^shadow\.test\.sourceVariant must be one of the variants \(AllTraffic, Challenger\)/),
    ]);
  });

  test('names both ends of a schedule that are no times', () => {
    const schedule = { start: '2027-01-11', end: '2027-01-18 08:00' };

    expect(problems(model(shadowTestSettings({ schedule })))).toEqual([
      expect.stringMatching(/^shadow\.test\.schedule\.start must be an ISO 8601 time .*given: "2027-01-11"$/),
      expect.stringMatching(/^shadow\.test\.schedule\.end must be an ISO 8601 time .*given: "2027-01-18 08:00"$/),
    ]);
  });

  test('without a schedule starts at once and ends after 7 days, and says so', () => {
    expect(shadowTestNotes(shadowTestSettings())).toEqual([
      expect.stringContaining('starts at once and ends after 7 days'),
    ]);
    expect(shadowTestNotes(shadowTestSettings({ schedule: { end: '2026-12-02T00:00:00Z' } }))).toEqual([]);
  });

  test('that copies no request says so', () => {
    const shadowVariant = { variant: 'Challenger', samplingPercentage: 0 };

    expect(shadowTestNotes(shadowTestSettings({ shadowVariant }))).toContainEqual(expect.stringContaining('0 %'));
  });
});

describe('the captures of a shadow test', () => {
  const place = (change: Partial<RawShadowTest>) => parseModelConfig(model(shadowTestSettings(change))).shadowCapture;

  test.each<[string, Partial<RawShadowTest>, object | null]>([
    ['of their own beside those of the endpoint', {}, { bucket: 'ml-captures', prefix: 'shadow-tests/credit-risk/' }],
    ['as configured', { dataStorage: { bucket: 'other', prefix: 'p/' } }, { bucket: 'other', prefix: 'p/' }],
    ['that is none, when it captures nothing', { capture: false }, null],
  ])('have a prefix %s', (_, change, expected) => {
    expect(place(change)).toEqual(expected);
  });

  test.each([
    ['above', 'captures/'],
    ['below', 'captures/credit-risk/shadow/'],
    ['equal to', 'captures/credit-risk/'],
  ])('are refused in a prefix %s that of the endpoint, in its bucket alone', (_, prefix) => {
    expect(problems(model(shadowTestSettings({ dataStorage: { prefix } })))).toEqual([
      expect.stringMatching(
        /^shadow\.test\.dataStorage\.prefix .*overlaps capture\.prefix.*shadow-tests\/credit-risk\//,
      ),
    ]);
    expect(problems(model(shadowTestSettings({ dataStorage: { bucket: 'other', prefix } })))).toEqual([]);
  });

  test('need a bucket', () => {
    expect(problems(model(shadowTestSettings(), { capture: undefined }))).toEqual([
      expect.stringMatching(/^shadow\.test\.dataStorage is missing: needs a bucket.*capture: false/),
    ]);
  });

  test('lie at a destination without the slash that SageMaker adds', () => {
    expect(destinationUri({ bucket: 'b', prefix: 'p/q/' })).toBe('s3://b/p/q');
  });
});

describe('the shadow variant of a test', () => {
  const hash = (shadow: unknown): string | undefined =>
    parseModelConfig({ ...model(undefined), shadow }).sinks[0]?.configHash;

  test('is shadow traffic, beside those that the configuration names', () => {
    const { rules } = parseModelConfig(model(null, { shadow: { variants: ['Old'], test: shadowTestSettings() } }));

    expect([...rules.shadowVariants]).toEqual(['Old', 'Challenger']);
  });

  test('is all of the test that counts for what becomes of an event', () => {
    const test = shadowTestSettings();
    const redeployed = shadowTestSettings({ name: 'another', capture: false, tags: [{ key: 'a', value: 'b' }] });

    expect(hash({ test: redeployed })).toBe(hash({ test }));
    expect(hash({ test })).toBe(hash({ variants: ['Challenger'] }));
    expect(hash({ variants: ['Challenger'], test })).toBe(hash({ variants: ['Challenger'] }));
    expect(hash({ test })).not.toBe(hash({ variants: ['Old'] }));
  });

  test.each([[{}], [{ variants: 5, test: shadowTestSettings() }], [{ test: { shadowVariant: 5 } }], ['text'], [null]])(
    'in a form that is wrong, %j, is refused with a sentence',
    (shadow) => {
      expect(problems(model(null, { shadow })).join()).toMatch(/^shadow/);
    },
  );
});
