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
