import { ARTHUR_TOKEN, FIDDLER_TOKEN, ForwardStack } from '../support/forward-stack';
import { captureKey, singles } from './captured-calls';
import { expectConservation, expectNothingSecret } from './conservation';
import type { FunctionSettings } from './forward-function';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables, fiddlerVariables } from './vendor-variables';

/** What a function says at its start when its variables are not right, and when both guides were followed. */

let stack: ForwardStack;

beforeAll(async () => {
  ({ stack } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners) }),
  }));
});
afterAll(() => stack.close());

/** The one error of a function that cannot start. */
async function initError(settings: FunctionSettings): Promise<string> {
  const broken = await stack.function(settings);
  const run = await broken.invoke({ Records: [] });
  expectNothingSecret(run);
  if (run.result.kind !== 'error') throw new Error(`the function started: ${run.result.kind}`);
  return run.result.errorMessage;
}

it('names every missing and every wrong variable of both guides in one error, without any token', async () => {
  const error = await initError({
    env: {
      ARTHUR_HOST: 'http://arthur.example',
      ARTHUR_ACCESS_TOKEN: ARTHUR_TOKEN,
      FIDDLER_URL: 'fiddler',
      FIDDLER_TOKEN,
      FIDDLER_MODEL_UUID: 'churn',
      FIDDLER_MODEL_COLUMNS: 'age,,income',
    },
  });

  expect(error).toContain('ARTHUR_MODEL_ID is missing');
  expect(error).toContain('FIDDLER_MODEL_OUTPUT_COLUMN is missing');
  expect(error).toContain('FIDDLER_MODEL_COLUMNS holds an empty name');
  expect(error).toMatch(/ARTHUR_HOST must begin with https:/);
  expect(error).toMatch(/FIDDLER_URL is not an address/);
  expect(error).toMatch(/FIDDLER_MODEL_UUID must be the UUID/);
});

it('shows no password that someone wrote into an address', async () => {
  const env = { ...arthurVariables(stack.partners), ARTHUR_HOST: `https://relay:${ARTHUR_TOKEN}@arthur.example` };

  expect(await initError({ env })).toMatch(/ARTHUR_HOST holds credentials/);
});

it('says what to set when there is no variable and no configuration', async () => {
  const error = await initError({});

  for (const name of ['capture-relay.json', 'CAPTURE_RELAY_CONFIG', 'ARTHUR_HOST', 'FIDDLER_URL'])
    expect(error).toContain(name);
});

it('names the sink of CAPTURE_RELAY_SINK_QUEUES that the configuration does not have', async () => {
  const env = { ...arthurVariables(stack.partners), CAPTURE_RELAY_SINK_QUEUES: '{"splunk":"arn:aws:sqs:x:1:q"}' };

  expect(await initError({ env })).toContain('"splunk"');
});

it('feeds both partners when the variables of both guides are set', async () => {
  const both = await stack.function({
    env: { ...arthurVariables(stack.partners), ...fiddlerVariables(stack.partners) },
  });
  const object = await stack.put(captureKey('both'), singles('both', 4));

  const run = await both.invoke(s3Event(object));

  expect(run.result.kind).toBe('ok');
  expectConservation(run, {
    arthur: { captured: 4, delivered: 4 },
    fiddler: { captured: 4, delivered: 4, accepted: 4 },
  });
});
