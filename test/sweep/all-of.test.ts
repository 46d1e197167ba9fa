import { parseModelConfig } from '../../src/config/model-config';
import { allOf } from '../../src/sweep/all-of';
import { sweepSettings } from '../../src/sweep/sweep-settings';
import { shadowTestSettings } from '../support/shadow-tests';
import { CAPTURE, SweepWorld } from './sweep-world';

const HOUR = '2026-09-01-14';
const SHADOW = { bucket: CAPTURE.bucket, prefix: 'shadow-tests/credit-risk/' };
const shadowKey = `${SHADOW.prefix}endpoint/Challenger/2026/09/01/14/00-00-000-lost.jsonl`;

describe('the sweep of a model with a shadow test', () => {
  test("knows the prefix of the test beside the endpoint's", () => {
    const config = parseModelConfig({
      model: 'credit-risk',
      capture: CAPTURE,
      shadow: { test: shadowTestSettings() },
      sinks: [{ type: 'file', path: 'out' }],
    });
    const queue = 'arn:aws:sqs:us-east-1:111122223333:all';

    const { captures } = sweepSettings({ CAPTURE_RELAY_QUEUE: queue }, config, 'state', new Map());

    expect(captures).toEqual([CAPTURE, SHADOW]);
  });

  test('finds captures of both whose notification was lost, in the order of their keys', async () => {
    const world = await SweepWorld.since(HOUR);
    world.put(shadowKey);
    const own = world.captured(HOUR, 'lost');
    world.wait(2);

    await world.sweep({ captures: [CAPTURE, SHADOW], listing: allOf([world.listing(SHADOW.prefix), world.listing()]) });

    expect(world.keysSent()).toEqual([own, shadowKey]);
  });

  test.each([
    ['goes after', [CAPTURE, SHADOW], [shadowKey]],
    ['would leave to replay, were it no capture of its own,', [CAPTURE], []],
  ])('%s a file of the test that is in flight and that nobody came back to', async (_, captures, sent) => {
    const world = await SweepWorld.since(HOUR);
    world.put(shadowKey);
    await world.entry(shadowKey, { state: 'inFlight' });
    world.wait(4);

    await world.sweep({ captures, listing: world.listing(SHADOW.prefix) });

    expect(world.keysSent()).toEqual(sent);
  });
});
