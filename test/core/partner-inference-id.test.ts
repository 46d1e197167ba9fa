import { RepeatedIds } from '../../src/core/partner-inference-id';
import { captureEvent, captureFileText, csv } from '../support/capture-events';
import { decodeAll } from '../support/chunks';

const ids = async (events: Parameters<typeof captureFileText>[0], config = {}): Promise<string[]> =>
  (await decodeAll(Buffer.from(captureFileText(events)), config)).flatMap((each) =>
    each.inferences.map((inference) => inference.partnerInferenceId),
  );

const two = { input: csv('1,2,3,4\n5,6,7,8\n'), output: csv('0.1\n0.2\n') };
const one = { input: csv('1,2,3,4'), output: csv('0.1') };

describe('the partner inference id', () => {
  test('of a single inference is the inference id, else the event id, bare', async () => {
    expect(
      await ids([
        { eventId: 'e', inferenceId: 'abcdefg-12345', ...one },
        { eventId: 'e', ...one },
      ]),
    ).toEqual(['abcdefg-12345', 'e']);
  });

  test('of several is the same with the index from 0', async () => {
    expect(
      await ids([
        { eventId: 'e', inferenceId: 'abcdefg-12345', ...two },
        { eventId: 'e', ...two },
      ]),
    ).toEqual(['abcdefg-12345_0', 'abcdefg-12345_1', 'e_0', 'e_1']);
  });

  test('keeps its index when a neighbour is rejected, and its index when it is the only one left', async () => {
    expect(await ids([{ eventId: 'e', input: csv('1,2\n3\n5,6'), output: csv('1\n2\n3') }])).toEqual(['e_0', 'e_2']);
  });

  test('is the event id when the configuration says so', async () => {
    expect(await ids([{ eventId: 'e', inferenceId: '0', ...one }], { identity: 'eventId' })).toEqual(['e']);
  });

  test('takes what callers may send: blanks, underscores, any printable text', async () => {
    expect(await ids([{ eventId: 'e', inferenceId: 'order 7_1 é', ...one }])).toEqual(['order 7_1 é']);
  });
});

describe('repeated inference ids', () => {
  test('are noticed, and event ids are not asked', () => {
    const repeated = new RepeatedIds();

    expect(
      [captureEvent({ inferenceId: '0' }), captureEvent({ inferenceId: '0' }), captureEvent(), captureEvent()].map(
        (event) => repeated.sees(event),
      ),
    ).toEqual([false, true, false, false]);
  });

  test('are forgotten beyond the window, so that memory does not grow with the file', () => {
    const repeated = new RepeatedIds(2);
    for (const id of ['a', 'b', 'c']) repeated.sees(captureEvent({ inferenceId: id }));

    expect(repeated.sees(captureEvent({ inferenceId: 'a' }))).toBe(false);
    expect(repeated.sees(captureEvent({ inferenceId: 'c' }))).toBe(true);
  });
});
