import { ConfigError } from '../../src/core/errors';
import { parseModelConfig } from '../../src/config/model-config';

const good = { model: 'credit-risk', sinks: [{ type: 'file', path: 'out' }] };

function problems(raw: unknown): readonly string[] {
  try {
    parseModelConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("a model's configuration", () => {
  test('with nothing but a model and a sink has every default', () => {
    const config = parseModelConfig(good);

    expect(config.rules).toMatchObject({
      identity: 'inferenceId',
      maxRows: 100_000,
      input: { header: false, rows: 'auto' },
    });
    expect(config.sinks).toMatchObject([
      { name: 'file', route: { variants: null, shadow: 'exclude' }, limits: { maxInFlight: 1 } },
    ]);
  });

  test('that is wrong in many places lists every place at once, with the value and what is allowed', () => {
    const found = problems({
      model: 'credit risk!',
      colour: 'red',
      input: { columns: [], header: 'yes', rows: 'all', mapping: { a: 'x[*].y[*]', b: 'a..b' } },
      identity: 'uuid',
      limits: { maxDepth: 0 },
      capture: { bucket: 'b', prefix: 's3://bucket/x' },
      sinks: [
        { type: 'arthur', host: 'http://app.arthur.ai', token: 'in-clear' },
        { type: 'pigeon' },
        { type: 'fiddler', url: 'https://f', modelId: 'not-a-uuid', token: { env: 'T' } },
      ],
    });

    expect(found).toEqual([
      'model must be 1 to 63 letters, digits, "_" or "-"; given: "credit risk!"',
      'capture.bucket must be the name of a bucket: 3 to 63 lower-case letters, digits, "." or "-", without s3:// and prefix; given: "b"',
      'capture.prefix must be a prefix of keys, not an address; write "x/", and "bucket" as the bucket; given: "s3://bucket/x"',
      'input.columns must be at least 1 item(s); given: []',
      'input.header must be a boolean; given: "yes"',
      'input.rows must be auto or one or many; given: "all"',
      'input.mapping.a has more than one [*]; rows have one axis; given: "x[*].y[*]"',
      'input.mapping.b is not a path; write names joined by dots, [*] for the rows, [0] for a position; given: "a..b"',
      'identity must be inferenceId or eventId; given: "uuid"',
      'limits.maxDepth must be at least 1; given: 0',
      'colour is not a setting; check the spelling',
      'sinks[0].host must begin with https:// (http:// is for this machine only); given: "http://app.arthur.ai"',
      'sinks[0].modelId is missing: must be a string',
      'sinks[0].token must be one reference: {secret: name, key: …}, {ssm: name} or {env: NAME}; a token in clear is refused',
      'sinks[1].type is no sink; there are: arthur, fiddler, file; given: "pigeon"',
      'sinks[2].modelId must be the UUID of the model, as its card in Fiddler shows it; given: "not-a-uuid"',
    ]);
    expect(found.join()).not.toContain('in-clear');
  });

  test.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ model: 'm', sinks: [] }],
    [{ model: 'm', sinks: 'arthur' }],
    [{ model: 'm', sinks: [null] }],
  ])('%j is refused with a sentence', (raw) => {
    expect(problems(raw).length).toBeGreaterThan(0);
    expect(problems(raw).join()).not.toMatch(/undefined|\[object/);
  });

  test('wants a name of its own for each sink of a type', () => {
    const two = [
      { type: 'file', path: 'a' },
      { type: 'file', path: 'b' },
    ];

    expect(problems({ ...good, sinks: two })).toEqual([
      'sinks[1].name "file" is taken by sinks[0]; give each sink of a model its own name',
    ]);
    expect(problems({ ...good, sinks: [two[0], { ...two[1], name: 'other' }] })).toEqual([]);
  });

  test('takes column types, a header, mapping documents as objects or as JSON text', () => {
    const config = parseModelConfig({
      ...good,
      input: {
        header: true,
        columns: ['age', { name: 'zip', type: 'string' }],
        mapping: '{"cpu": "instances[*].cpu"}',
      },
      output: { mapping: { 'result[*].prediction': 'severity' } },
    });

    expect(config.rules.plan.types.get('zip')).toBe('string');
    expect(config.rules.input.mapping?.fields).toMatchObject([{ field: 'cpu' }]);
    expect(config.rules.output.mapping?.fields).toMatchObject([
      { field: 'severity', path: [{ name: 'result' }, { kind: 'each' }, { name: 'prediction' }] },
    ]);
  });

  test("never raises a sink's own limits", () => {
    const arthur = { type: 'arthur', host: 'https://a', modelId: 'm', token: { env: 'T' } };
    const limitsOf = (batch: object): unknown =>
      parseModelConfig({ ...good, sinks: [{ ...arthur, batch }] }).sinks[0]?.limits;

    expect(limitsOf({ maxInferences: 99_999 })).toMatchObject({ maxBatchInferences: 1_000 });
    expect(limitsOf({ maxInferences: 10, maxBytes: 2_000 })).toMatchObject({
      maxBatchInferences: 10,
      maxBatchBytes: 2_000,
      maxInferenceBytes: 2_000,
    });
  });
});

describe('what a message repeats', () => {
  const given = (raw: object): string => problems({ ...good, ...raw }).join('\n');

  test.each([
    [
      'a password before an address',
      { sinks: [{ type: 'arthur', host: 'u:pa/ss@app.arthur.ai', modelId: 'm', token: { env: 'T' } }] },
    ],
    [
      "a container's variables",
      { endpoint: { create: { image: 'i', instanceType: 'ml.m5.large', environment: ['X=pa/ss'] } } },
    ],
    [
      'a variable that is no text',
      { endpoint: { create: { image: 'i', instanceType: 'ml.m5.large', environment: { X: { v: 'pa/ss' } } } } },
    ],
  ])('is never %s', (_, raw) => {
    const text = given(raw);

    expect(text).not.toBe('');
    expect(text).not.toContain('pa/ss');
  });

  test('of a list that holds itself is a sentence, not a crash', () => {
    const input: Record<string, unknown> = { columns: ['a'] };
    input.self = input;

    expect(given({ input })).toContain('input.self is not a setting');
  });
});

describe('the hash of a configuration', () => {
  const token = { secret: 'monitoring/arthur' };
  const arthur = { type: 'arthur', host: 'https://app.arthur.ai', modelId: 'm', token };
  const hash = (sink: object, model: object = {}) =>
    parseModelConfig({ model: 'm', ...model, sinks: [{ ...arthur, ...sink }] }).sinks[0]?.configHash;

  test.each([
    [
      'how fast a sink is sent to',
      { requestTimeoutMs: 1_000, maxRequestsPerSecond: 3, batch: { maxInferences: 5 } },
      {},
    ],
    ['where its token is kept', { token: { ssm: '/arthur' } }, {}],
    ['how the model is deployed', {}, { forwarder: { memoryMb: 1024 }, alarms: { emails: ['a@example.com'] } }],
  ])('does not change with %s, or delivered rows of an open event would be sent again', (_, sink, model) => {
    expect(hash(sink, model)).toBe(hash({}));
  });

  test('does not change with the order of settings', () => {
    expect(hash({}, { input: { header: true, columns: ['a'] } })).toBe(
      hash({}, { input: { columns: ['a'], header: true } }),
    );
  });

  test.each([
    ['columns', { columns: { inputs: ['x'] } }, {}],
    ['the bytes of a batch, above which an inference is refused', { batch: { maxBytes: 2_000 } }, {}],
    ['identity', {}, { identity: 'eventId' }],
  ])('changes with %s', (_, sink, model) => {
    expect(hash(sink, model)).not.toBe(hash({}));
  });
});

describe('capture.prefix', () => {
  test.each(['captures//', 'cap*/', 'a?/', 'a\\b/', 'a\n/'])('%j is refused with what it should be', (prefix) => {
    expect(problems({ ...good, capture: { bucket: 'ml-captures', prefix } })[0]).toMatch(/^capture\.prefix must /);
  });
});
