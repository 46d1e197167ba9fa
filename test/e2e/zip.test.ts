import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Lambda, startLambda } from '../../src/local/lambda/lambda';
import type { InvokeResult } from '../../src/local/lambda/invoke-result';
import { ForwardStack } from '../support/forward-stack';
import { captureKey, singles } from './captured-calls';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables, fiddlerVariables } from './vendor-variables';

/** What `npm run bundle` writes, unpacked as AWS unpacks it and driven by the guides' variables alone. */
const ROOT = join(__dirname, '../..');
const ARN = 'arn:aws:sagemaker:us-west-2:111122223333:partner-app/app-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'local' };

let taskRoot: string;
let plain: ForwardStack;
let behindAws: ForwardStack;

async function start(partnerApp: boolean): Promise<ForwardStack> {
  const fiddler = {
    models: fiddlerModels,
    ...(partnerApp ? { partnerApp: { arn: ARN, credentials: CREDENTIALS } } : {}),
  };
  const { stack } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler,
    settings: (partners) => ({ env: arthurVariables(partners) }),
  });
  return stack;
}

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs')], { cwd: ROOT });
  taskRoot = mkdtempSync(join(tmpdir(), 'zip-'));
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(join(ROOT, 'dist/forward.zip')))))
    writeFileSync(join(taskRoot, name), bytes);
  [plain, behindAws] = await Promise.all([start(false), start(true)]);
});
afterAll(async () => {
  await Promise.all([plain.close(), behindAws.close()]);
  rmSync(taskRoot, { recursive: true });
});

async function invoke(stack: ForwardStack, env: Record<string, string>, event: unknown): Promise<InvokeResult> {
  const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local' };
  const lambda: Lambda = await startLambda({
    functionName: 'from-a-guide',
    handler: 'index.handler',
    taskRoot,
    memoryMb: 256,
    timeoutMs: 30_000,
    env: { ...keys, AWS_ENDPOINT_URL_S3: stack.s3.url, ...env },
  });
  try {
    return await lambda.invoke(event);
  } finally {
    await lambda.close();
  }
}

const app = (stack: ForwardStack): Record<string, string> => {
  const { FIDDLER_URL = '', ...rest } = fiddlerVariables(stack.partners);
  return { ...rest, AWS_PARTNER_APP_AUTH: 'True', AWS_PARTNER_APP_ARN: ARN, AWS_PARTNER_APP_URL: FIDDLER_URL };
};

describe('the zip that people upload', () => {
  test.each([
    ['the three variables of the Arthur guide', () => ({ stack: plain, env: arthurVariables(plain.partners) })],
    ['the six variables of the Fiddler guide', () => ({ stack: plain, env: fiddlerVariables(plain.partners) })],
    [
      'the Fiddler guide with the partner app switched off',
      () => ({ stack: plain, env: { ...fiddlerVariables(plain.partners), AWS_PARTNER_APP_AUTH: 'false' } }),
    ],
    ['the Fiddler guide with its partner app', () => ({ stack: behindAws, env: app(behindAws) })],
  ])('delivers with %s', async (name, given) => {
    const { stack, env } = given();
    const object = await stack.put(captureKey(name.replaceAll(' ', '-')), singles('zip', 2));

    expect(await invoke(stack, env, s3Event(object))).toMatchObject({
      kind: 'ok',
      payload: {
        statusCode: 200,
        body: { counts: { captured: 2, delivered: 2, quarantined: 0, skipped: 0, inFlight: 0 } },
      },
    });
  });

  test('with the partner app half configured does not start, and names what is missing', async () => {
    const { AWS_PARTNER_APP_ARN: _, ...half } = app(behindAws);
    const result = await invoke(behindAws, half, {});

    expect(result).toMatchObject({
      kind: 'error',
      errorType: 'ConfigError',
      errorMessage: expect.stringContaining('AWS_PARTNER_APP_ARN'),
    });
  });
});
