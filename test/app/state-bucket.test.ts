import { checkStateBucket } from '../../src/app/load-config';
import { parseModelConfig } from '../../src/config/model-config';
import { shadowTestSettings } from '../support/shadow-tests';

const check = (prefix: string, dataStorage: object): string | null =>
  checkStateBucket(
    { CAPTURE_RELAY_STATE_BUCKET: 'both' },
    parseModelConfig({
      model: 'credit-risk',
      capture: { bucket: 'both', prefix },
      shadow: { test: shadowTestSettings({ dataStorage }) },
      sinks: [{ type: 'file', path: 'out' }],
    }),
  );

describe('a state bucket that is the bucket of the captures', () => {
  test('is taken where nothing of it lies below a prefix of captures', () => {
    expect(check('captures/', {})).toBe('both');
  });

  test.each([
    ['the captures of the endpoint', 'ledger/', {}, /ledger\/ lies under capture\.prefix/],
    ['captures below its own state', 'ledger/v1/', {}, /ledger\/ holds capture\.prefix/],
    ['those of its shadow test', 'captures/', { prefix: 'sweep/' }, /sweep\/ lies under the prefix of shadow\.test/],
  ])('is refused where it would come back as %s', (_, prefix, dataStorage, message) => {
    expect(() => check(prefix, dataStorage)).toThrow(message);
  });
});
