import type { DeployedModel } from '../../../lib/config/load-models';
import { watchedEndpoint } from '../../../lib/stacks/watched-endpoint';
import { modelSchema } from '../../../src/config/schema';

const shareOf = (capture: object): number | undefined => {
  const place = { bucket: 'ml-captures', prefix: 'captures/churn/' };
  const model = modelSchema.parse({
    model: 'churn',
    endpoint: { existing: 'churn-prod' },
    capture: { ...place, ...capture },
    sinks: [{ type: 'arthur' }],
  }) as DeployedModel;
  return watchedEndpoint(model, null).capturedShare;
};

describe('what alarms expect of an endpoint', () => {
  test.each([
    [1, {}],
    [0.2, { samplingPercentage: 20, partial: 'cost' }],
    [0, { enabled: false, partial: 'load test' }],
  ])('is a part of %d of its calls with %j', (share, capture) => {
    expect(shareOf(capture)).toBe(share);
  });
});
