import * as fc from 'fast-check';
import { buildCaptureKey, parseCaptureKey } from '../../src/core/capture-key';

describe('capture keys', () => {
  test.each([
    [
      'sagemaker/DEMO/datacapture/DEMO-xgb-2022-04-18-00-13-16/AllTraffic/2022/04/18/00/21-48-903-028573f5-3215-431a-b3b8-a200be4d2d9a.jsonl',
      'DEMO-xgb-2022-04-18-00-13-16',
      'AllTraffic',
      '2022-04-18T00:21:48Z',
    ],
    [
      'penguins/endpoint/shadow-penguins-endpoint/ShadowTraffic/2024/03/31/16/57-29-141-b62d2c9e.jsonl',
      'shadow-penguins-endpoint',
      'ShadowTraffic',
      '2024-03-31T16:57:29Z',
    ],
    ['2024/01/02/03/my-endpoint/v1/2026/09/01/12/00-00-000-x.jsonl', 'my-endpoint', 'v1', '2026-09-01T12:00:00Z'],
    ['endpoint/variant/2026/09/01/12/renamed.jsonl', 'endpoint', 'variant', '2026-09-01T12:00:00Z'],
  ])('%s tells endpoint, variant and time', (key, endpoint, variant, time) => {
    expect(parseCaptureKey(key)).toMatchObject({ endpoint, variant, time });
  });

  test.each(['file.jsonl', 'a/b/2026/13/01/12/x.jsonl', 'a/b/2026/09/01/24/x.jsonl', 'b/2026/09/01/12/x.jsonl', ''])(
    '%s is in no layout of Data Capture',
    (key) => {
      expect(parseCaptureKey(key)).toBeNull();
    },
  );

  test('built and parsed give the same parts', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9](-?[a-zA-Z0-9]){0,20}$/);
    const when = fc.date({ min: new Date('2019-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 4 }),
        name,
        name,
        when,
        fc.uuid(),
        (folders, endpoint, variant, firstEvent, uuid) => {
          const prefix = folders.join('/');
          expect(parseCaptureKey(buildCaptureKey({ prefix, endpoint, variant, firstEvent, uuid }))).toEqual({
            prefix,
            endpoint,
            variant,
            hour: firstEvent.toISOString().slice(0, 13),
            time: `${firstEvent.toISOString().slice(0, 19)}Z`,
          });
        },
      ),
    );
  });
});
