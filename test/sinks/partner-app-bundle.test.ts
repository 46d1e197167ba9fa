import { captureKey, fileOf, call, singleIds, singles } from '../e2e/captured-calls';
import { expectConservation } from '../e2e/conservation';
import type { ForwardFunction } from '../e2e/forward-function';
import { s3Event } from '../e2e/notifications';
import { arthurModels, fiddlerModels } from '../e2e/partner-models';
import { arthurVariables, fiddlerVariables } from '../e2e/vendor-variables';
import { base64 } from '../support/capture-events';
import { ForwardStack } from '../support/forward-stack';

/** Both guides' users with what is new in the variables: a Fiddler behind AWS, and an Arthur that decodes itself. */
const ARN = 'arn:aws:sagemaker:us-west-2:111122223333:partner-app/app-1';

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'local' };
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels, permissions: { readAttributes: false } },
    fiddler: { models: fiddlerModels, partnerApp: { arn: ARN, credentials } },
    settings: (partners) => {
      const { FIDDLER_URL = '', ...fiddler } = fiddlerVariables(partners);
      const app = { AWS_PARTNER_APP_AUTH: 'True', AWS_PARTNER_APP_ARN: ARN, AWS_PARTNER_APP_URL: FIDDLER_URL };
      return { env: { ...arthurVariables(partners), ARTHUR_MODE: 'pass-through', ...fiddler, ...app } };
    },
  }));
});
afterAll(() => stack.close());

test('the bundled handler signs for the partner app, and passes files through to Arthur', async () => {
  const object = await stack.put(captureKey('signed'), singles('signed', 3));

  const run = await forward.invoke(s3Event(object));

  expect(run.result.kind).toBe('ok');
  expect(run.stored.get('fiddler')?.map(({ id }) => id)).toEqual(singleIds('signed', 3));
  expect(run.stored.get('arthur')?.map(({ id, via }) => [id, via])).toEqual(
    singleIds('signed', 3).map((id) => [id, 'data-capture']),
  );
  expectConservation(run, {
    arthur: { captured: 3, delivered: 3, accepted: 3 },
    fiddler: { captured: 3, delivered: 3, accepted: 3 },
  });
});

test('what Arthur cannot decode is told by its place, and Fiddler gets it all the same', async () => {
  const closed = call({ eventId: 'closed', more: { input: base64('37,Zanzibar,73914.25', 'text/csv') } });
  const object = await stack.put(captureKey('closed'), fileOf(call({ eventId: 'open' }), closed));

  const run = await forward.invoke(s3Event(object));

  expect(run.logs.filter(({ code }) => code === 'PASS_THROUGH_UNREADABLE')).toMatchObject([
    { sink: 'arthur', stage: 'encode', places: [{ line: 2 }] },
  ]);
  expectConservation(run, {
    arthur: { captured: 2, delivered: 1, accepted: 1, quarantined: 1 },
    fiddler: { captured: 2, delivered: 2, accepted: 2 },
  });
});
