import { configFromVendorEnv } from '../../src/config/env';
import { loadConfig, loadSinkQueues } from '../../src/app/load-config';
import { ConfigError } from '../../src/core/errors';

const ARTHUR = { ARTHUR_HOST: 'https://app.arthur.ai', ARTHUR_MODEL_ID: 'm', ARTHUR_ACCESS_TOKEN: 'a-token' };
const FIDDLER = {
  FIDDLER_URL: 'https://you.fiddler.ai',
  FIDDLER_TOKEN: 'f-token',
  FIDDLER_MODEL_UUID: '550e8400-e29b-41d4-a716-446655440000',
  FIDDLER_MODEL_COLUMNS: 'age, income',
  FIDDLER_MODEL_OUTPUT_COLUMN: 'score',
};
const nowhere = { LAMBDA_TASK_ROOT: '/nonexistent' };

const problems = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig({ ...nowhere, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the variables of the sample guides', () => {
  test("become one sink a vendor, and both vendors' variables two", () => {
    expect(loadConfig({ ...nowhere, ...ARTHUR }).sinks.map((sink) => sink.name)).toEqual(['arthur']);
    expect(loadConfig({ ...nowhere, ...ARTHUR, ...FIDDLER }).sinks.map((sink) => sink.name)).toEqual([
      'arthur',
      'fiddler',
    ]);
  });

  test('name the columns of Fiddler, and no timestamp column unless one is given', () => {
    expect(configFromVendorEnv(FIDDLER)).toMatchObject({
      sinks: [{ columns: { inputs: ['age', 'income'], outputs: ['score'] }, timestampColumn: null }],
    });
    expect(configFromVendorEnv({ ...FIDDLER, FIDDLER_TIMESTAMP_COLUMN: 'ts' })).toMatchObject({
      sinks: [{ timestampColumn: 'ts' }],
    });
  });

  test('never copy a token: the configuration only names the variable', () => {
    expect(JSON.stringify(configFromVendorEnv({ ...ARTHUR, ...FIDDLER }))).not.toMatch(/a-token|f-token/);
  });

  test('that are missing or wrong are all named in one error, in the words of the variables', () => {
    expect(
      problems({ ARTHUR_HOST: 'app.arthur.ai', FIDDLER_TOKEN: 'f-token' }).map((problem) => problem.split(' ')[0]),
    ).toEqual([
      'ARTHUR_MODEL_ID',
      'ARTHUR_ACCESS_TOKEN',
      'FIDDLER_URL',
      'FIDDLER_MODEL_UUID',
      'FIDDLER_MODEL_COLUMNS',
      'FIDDLER_MODEL_OUTPUT_COLUMN',
      'ARTHUR_HOST',
    ]);
    expect(problems({ ...ARTHUR, ARTHUR_HOST: 'http://app.arthur.ai', ...FIDDLER, FIDDLER_MODEL_UUID: 'x' })).toEqual([
      'ARTHUR_HOST must begin with https:// (http:// is for this machine only); given: "http://app.arthur.ai"',
      'FIDDLER_MODEL_UUID must be the UUID of the model, as its card in Fiddler shows it; given: "x"',
    ]);
  });

  test('that are blank are missing', () => {
    expect(problems({ ...ARTHUR, ARTHUR_ACCESS_TOKEN: '  ' })).toEqual([
      expect.stringContaining('ARTHUR_ACCESS_TOKEN is missing'),
    ]);
  });

  test('when there are none the error says what may be set up', () => {
    expect(problems({}).join()).toMatch(/capture-relay\.json.*CAPTURE_RELAY_CONFIG.*ARTHUR_HOST/s);
  });
});

describe('the mode of Arthur', () => {
  const modeOf = (ARTHUR_MODE: string): unknown => configFromVendorEnv({ ...ARTHUR, ARTHUR_MODE });

  test('is set by ARTHUR_MODE, and left to its default without', () => {
    expect(modeOf(' Pass-Through ')).toMatchObject({ sinks: [{ mode: 'pass-through' }] });
    expect(JSON.stringify(modeOf(''))).not.toContain('mode":"');
    expect(problems({ ...ARTHUR, ARTHUR_MODE: 'raw' })).toEqual([
      'ARTHUR_MODE must be rows or pass-through; given: "raw"',
    ]);
  });

  test('alone makes no sink', () => {
    expect(configFromVendorEnv({ ARTHUR_MODE: 'pass-through' })).toBeNull();
  });
});

describe('a token variable that holds the ARN of a secret', () => {
  const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:monitoring/arthur-AbCdEf';
  const PARAMETER = 'arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter/fiddler/token';

  test('becomes a reference to it', () => {
    expect(configFromVendorEnv({ ...ARTHUR, ARTHUR_ACCESS_TOKEN: SECRET })).toMatchObject({
      sinks: [{ token: { secret: SECRET } }],
    });
    expect(
      configFromVendorEnv({ ...ARTHUR, ARTHUR_ACCESS_TOKEN: `${SECRET}#api key`.replace(' ', '_') }),
    ).toMatchObject({
      sinks: [{ token: { secret: SECRET, key: 'api_key' } }],
    });
    expect(configFromVendorEnv({ ...FIDDLER, FIDDLER_TOKEN: ` ${PARAMETER} ` })).toMatchObject({
      sinks: [{ token: { ssm: PARAMETER } }],
    });
  });

  test.each([`${SECRET}#`, 'arn:aws:s3:::bucket/token', PARAMETER.replace('parameter/', ''), `${PARAMETER}#key`])(
    '%s is a problem, and is not repeated',
    (value) => {
      const [problem = '', ...others] = problems({ ...ARTHUR, ARTHUR_ACCESS_TOKEN: value });

      expect(problem).toMatch(/^ARTHUR_ACCESS_TOKEN begins like an ARN, but is none of a secret/);
      expect(problem).not.toContain(value);
      expect(others).toEqual([]);
    },
  );
});

describe('the variables of a SageMaker partner app', () => {
  const ARN = 'arn:aws:sagemaker:us-west-2:111122223333:partner-app/app-1';
  const APP = {
    AWS_PARTNER_APP_AUTH: ' True ',
    AWS_PARTNER_APP_ARN: ARN,
    AWS_PARTNER_APP_URL: 'https://app.partner-app.us-west-2.sagemaker.aws',
  };
  const { FIDDLER_URL: _url, ...withoutUrl } = FIDDLER;

  test('give the fiddler sink its ARN, and its address where FIDDLER_URL is left out', () => {
    const sink = { url: APP.AWS_PARTNER_APP_URL, partnerApp: { arn: ARN } };

    expect(configFromVendorEnv({ ...withoutUrl, ...APP })).toMatchObject({ sinks: [sink] });
    expect(loadConfig({ ...nowhere, ...withoutUrl, ...APP }).sinks.map(({ name }) => name)).toEqual(['fiddler']);
  });

  test('may name the address of FIDDLER_URL again, with or without its last slash', () => {
    expect(problems({ ...FIDDLER, ...APP, FIDDLER_URL: `${APP.AWS_PARTNER_APP_URL}/` })).toEqual([]);
  });

  test.each(['false', '', '1'])('mean nothing when AWS_PARTNER_APP_AUTH is %j', (AWS_PARTNER_APP_AUTH) => {
    const raw = configFromVendorEnv({ ...FIDDLER, ...APP, AWS_PARTNER_APP_AUTH });

    expect(raw).toMatchObject({ sinks: [{ url: FIDDLER.FIDDLER_URL }] });
    expect(JSON.stringify(raw)).not.toContain('partnerApp');
  });

  test('make no sink of their own', () => {
    expect(configFromVendorEnv(APP)).toBeNull();
  });

  test.each<[string, Record<string, string>, RegExp[]]>([
    ['two addresses', { FIDDLER_URL: 'https://you.fiddler.ai' }, [/^FIDDLER_URL and AWS_PARTNER_APP_URL are two addr/]],
    ['no ARN', { AWS_PARTNER_APP_ARN: '' }, [/^AWS_PARTNER_APP_ARN is missing/]],
    [
      'another ARN',
      { AWS_PARTNER_APP_ARN: 'arn:aws:s3:::x' },
      [/^AWS_PARTNER_APP_ARN must be the ARN of a partner app/],
    ],
    ['no address', { AWS_PARTNER_APP_URL: '' }, [/^AWS_PARTNER_APP_URL is missing/]],
    ['a bad address', { AWS_PARTNER_APP_URL: 'http://a.b' }, [/^AWS_PARTNER_APP_URL must begin with https/]],
    [
      'everything wrong at once',
      { AWS_PARTNER_APP_ARN: 'x', AWS_PARTNER_APP_URL: 'app', FIDDLER_TOKEN: '' },
      [/^FIDDLER_TOKEN is missing/, /^AWS_PARTNER_APP_URL is not an address/, /^AWS_PARTNER_APP_ARN must be/],
    ],
  ])('with %s stop the cold start in their own words', (_, changes, sentences) => {
    expect(problems({ ...withoutUrl, ...APP, ...changes })).toEqual(
      sentences.map((sentence) => expect.stringMatching(sentence) as string),
    );
  });
});

describe('the queues of the sinks', () => {
  const config = loadConfig({ ...nowhere, ...ARTHUR });

  test('are looked up by ARN', () => {
    expect([...loadSinkQueues({ CAPTURE_RELAY_SINK_QUEUES: '{"arthur":"arn:q"}' }, config)]).toEqual([
      ['arn:q', 'arthur'],
    ]);
    expect([...loadSinkQueues({}, config)]).toEqual([]);
  });

  test.each(['not json', '{"pigeon":"arn:q"}'])('%s stops the cold start', (text) => {
    expect(() => loadSinkQueues({ CAPTURE_RELAY_SINK_QUEUES: text }, config)).toThrow(ConfigError);
  });
});
