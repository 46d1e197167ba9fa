import { z } from 'zod';
import { Functions, payloadOf } from './task-root';

const functions = new Functions();
afterEach(() => functions.clear());

describe('an invocation', () => {
  test('gives the handler its event and returns its answer', async () => {
    const lambda = await functions.start('exports.handler = async (event) => ({ got: event.n + 1 });');

    const result = await lambda.invoke({ n: 41 });

    expect(payloadOf(result)).toEqual({ got: 42 });
    expect(result).toHaveProperty('durationMs');
  });

  test('runs an ES module with an .mjs name', async () => {
    const lambda = await functions.start('export const handler = async () => import.meta.url.slice(-9);', {
      file: 'index.mjs',
    });

    expect(await lambda.invoke({})).toMatchObject({ kind: 'ok', payload: 'index.mjs' });
  });

  test('answers null for a handler that returns nothing', async () => {
    const lambda = await functions.start('exports.handler = async () => {};');

    expect(await lambda.invoke(undefined)).toMatchObject({ kind: 'ok', payload: null });
  });

  test('uses one process for one event after another, and its module state lasts', async () => {
    const lambda = await functions.start('let n = 0; exports.handler = async () => [process.pid, ++n];');

    const first = await lambda.invoke({});
    const second = await lambda.invoke({});

    const [pid, count] = z.array(z.number()).parse(payloadOf(first));
    expect(count).toBe(1);
    expect(payloadOf(second)).toEqual([pid, 2]);
  });

  test('carries the context Lambda gives', async () => {
    const lambda = await functions.start(
      'exports.handler = async (event, context) => ({ ...context, remainingMs: context.getRemainingTimeInMillis() });',
      { timeoutMs: 7000, env: { AWS_REGION: 'eu-central-1' } },
    );

    const result = await lambda.invoke({});

    const context = z
      .object({ awsRequestId: z.string(), logStreamName: z.string(), remainingMs: z.number() })
      .loose()
      .parse(payloadOf(result));
    expect(context).toMatchObject({
      functionName: 'forward',
      functionVersion: '$LATEST',
      memoryLimitInMB: '128',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:forward',
      logGroupName: '/aws/lambda/forward',
    });
    expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(context.remainingMs).toBeGreaterThan(0);
    expect(context.remainingMs).toBeLessThanOrEqual(7000);
  });

  test('that answers more than Lambda returns is an error', async () => {
    const lambda = await functions.start('exports.handler = async () => "x".repeat(6_291_556);');

    expect(await lambda.invoke({})).toMatchObject({ kind: 'error', errorType: 'Function.ResponseSizeTooLarge' });
  });
});

describe('errors', () => {
  test('a thrown error keeps its name, message and trace, and the process lives on', async () => {
    const lambda = await functions.start(`
      class Refused extends Error { name = 'Refused'; }
      exports.handler = async (event) => { if (event.fail) throw new Refused('no'); return process.pid; };`);
    const before = await lambda.invoke({});

    const result = await lambda.invoke({ fail: true });

    expect(result).toMatchObject({ kind: 'error', errorType: 'Refused', errorMessage: 'no' });
    expect(result.kind === 'error' && result.trace?.join()).toContain('index.js');
    expect(await lambda.invoke({})).toMatchObject({ payload: payloadOf(before) });
  });

  test('an answer without a JSON form is an error', async () => {
    const lambda = await functions.start('exports.handler = async () => 1n;');

    expect(await lambda.invoke({})).toMatchObject({ kind: 'error', errorType: 'Runtime.JSONStringifyError' });
  });

  test.each([
    ['throws while it loads', 'throw new TypeError("broken at load");', 'TypeError'],
    ['lacks the export', 'exports.other = async () => 1;', 'Runtime.HandlerNotFound'],
    ['takes a callback', 'exports.handler = (event, context, done) => done();', 'Runtime.CallbackHandlerDeprecated'],
  ])('a bundle that %s is an init error, every time', async (_what, source, errorType) => {
    const lambda = await functions.start(source);

    expect(await lambda.invoke({})).toMatchObject({ kind: 'error', errorType });
    expect(await lambda.invoke({})).toMatchObject({ kind: 'error', errorType });
  });

  test('a missing bundle is an init error', async () => {
    const lambda = await functions.start('', { handler: 'elsewhere.handler' });

    expect(await lambda.invoke({})).toMatchObject({ kind: 'error', errorType: 'Runtime.ImportModuleError' });
  });

  test('a Node that is not there is told at the start', async () => {
    const starting = functions.start('exports.handler = async () => 1;', { nodePath: '/nowhere/node' });

    await expect(starting).rejects.toThrow('ENOENT');
  });
});

describe('the environment', () => {
  const SHOW = 'exports.handler = async () => ({ env: process.env, flags: process.execArgv });';
  const SHOWN = z.object({ env: z.record(z.string(), z.string()), flags: z.array(z.string()) });

  test('holds what Lambda sets and the function’s own variables', async () => {
    const lambda = await functions.start(SHOW, { memoryMb: 256, env: { SINK: 'arthur', TZ: 'Europe/Berlin' } });

    const result = await lambda.invoke({});

    const { env, flags } = SHOWN.parse(payloadOf(result));
    expect(env).toMatchObject({
      SINK: 'arthur',
      TZ: ':UTC',
      AWS_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
      AWS_LAMBDA_FUNCTION_NAME: 'forward',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      _HANDLER: 'index.handler',
    });
    expect(flags).toEqual(expect.arrayContaining(['--max-old-space-size=231', '--max-semi-space-size=12']));
  });

  test('holds nothing else of this process, so no profile or secret of the developer reaches the function', async () => {
    process.env.PARENT_ONLY = 'secret';
    process.env.AWS_PROFILE = 'production';
    try {
      const lambda = await functions.start(SHOW);

      const result = await lambda.invoke({});

      const { env } = SHOWN.parse(payloadOf(result));
      expect(env).not.toHaveProperty('PARENT_ONLY');
      expect(env).not.toHaveProperty('AWS_PROFILE');
      expect(env).not.toHaveProperty('HOME');
      expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: 'local', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
    } finally {
      delete process.env.PARENT_ONLY;
      delete process.env.AWS_PROFILE;
    }
  });

  test('limits the heap by the memory: a function that needs more dies and is reported', async () => {
    const lambda = await functions.start(
      'exports.handler = async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill(Math.random())); };',
    );

    const result = await lambda.invoke({});

    expect(result).toMatchObject({ kind: 'exit' });
    expect(lambda.rssBytes()).toBeGreaterThan(32 * 1024 * 1024);
  });

  test('shows its output line by line, console records in the form of Lambda’s log', async () => {
    const lines: string[] = [];
    const lambda = await functions.start(
      `exports.handler = async () => { console.log('a\\nb', 1); process.stdout.write('raw\\u2028one\\n'); process.stderr.write('bad'); };`,
      { onLog: (line, stream) => lines.push(`${stream} ${line}`) },
    );

    await lambda.invoke({});
    await lambda.close();

    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^stdout \d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\tINFO\ta\rb 1$/),
        'stdout raw\u2028one',
        'stderr bad',
      ]),
    );
  });
});
