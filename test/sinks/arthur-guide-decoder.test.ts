import type { CaptureEvent, Payload } from '../../src/core/types';
import { readByGuide } from '../../src/sinks/arthur/guide-decoder';
import { base64, captureEvent, csv, json } from '../support/capture-events';

const read = (input: Payload | null, output: Payload | null): ReturnType<typeof readByGuide> => {
  const event: CaptureEvent = captureEvent({ input, output });
  return readByGuide(event);
};
const features = (...rows: unknown[]) => json({ instances: rows.map((row) => ({ features: row })) });
const named = (...rows: unknown[]) => json({ predictions: rows });

describe("what Arthur's own decoder reads", () => {
  test.each<[string, Payload, Payload, number]>([
    ['a CSV row', csv('37,Private'), csv('0.9'), 1],
    ['several CSV rows with their last newline', csv('1,2\n3,4\n'), csv('5\r\n6\r\n'), 2],
    ['CSV that begins with empty lines', csv('\n\n1,2'), csv('5'), 1],
    ['quoted commas and doubled quotes', csv('"a, ""b""",2'), csv('5'), 1],
    [
      'lists of features and of probabilities',
      features([1, 'a', null], [2, 'b', true]),
      json({ predictions: [{ probabilities: [0.1] }, { probabilities: [0.2] }] }),
      2,
    ],
    ['named values', json({ instances: [{ age: 37 }] }), named({ closest_cluster: 5, distance: 36.5 }), 1],
    ['either list on either side', json({ predictions: [{ features: [1] }] }), json({ instances: [{ p: 1 }] }), 1],
    ['CSV in and JSON out', csv('1\n2'), named({ p: 1 }, { p: 2 }), 2],
  ])('%s: counted', (_, input, output, inferences) => {
    expect(read(input, output)).toEqual({ ok: true, inferences });
  });

  test.each<[string, Payload | null, Payload | null, string]>([
    ['BASE64 in', base64('1,2'), csv('5'), 'the input is BASE64'],
    ['BASE64 out', csv('1,2'), base64('5'), 'the output is BASE64'],
    ['no input', null, csv('5'), 'the input was not captured'],
    ['no output', csv('1'), null, 'the output was not captured'],
    ['an unknown encoding', { ...csv('1'), encoding: 'csv' }, csv('5'), 'the input has an encoding'],
    ['an empty side', csv('\n'), csv('5'), 'the input holds no row'],
    ['a line break inside a cell', csv('"a\nb",2\n"c\nd",4'), csv('5\n6'), 'the input has a line break inside a cell'],
    ['an empty line between rows', csv('1\n\n2'), csv('5\n6'), 'the input has an empty line between its rows'],
    ['joined outputs of several rows', csv('1\n2'), csv('5,6'), 'the input holds 2 row(s) and the output 1'],
    ['a bare list', json([[1, 2]]), csv('5'), "the input is none of the guide's two JSON shapes"],
    ['JSON Lines', json('{"a":1}\n{"a":2}'), csv('5\n6'), "the input is none of the guide's"],
    ['another list', json({ inputs: [{ features: [1] }] }), csv('5'), "the input is none of the guide's"],
    [
      'a second member',
      json({ instances: [{ a: 1 }], signature_name: 's' }),
      csv('5'),
      "the input is none of the guide's",
    ],
    ['rows that are lists', json({ instances: [[1, 2]] }), csv('5'), "the input is none of the guide's"],
    ['mixed rows', json({ instances: [{ features: [1] }, { a: 1 }] }), csv('5\n6'), "the input is none of the guide's"],
    [
      'a reserved name among others',
      json({ instances: [{ features: [1], id: 7 }] }),
      csv('5'),
      "the input is none of the guide's",
    ],
    ['features that are no list', json({ instances: [{ features: 1 }] }), csv('5'), "the input is none of the guide's"],
    ['rows without values', json({ instances: [{}] }), csv('5'), "the input is none of the guide's"],
    ['an empty list', json({ instances: [] }), csv('5'), 'the input holds no row'],
  ])('%s: not read, and said so with the cure', (_, input, output, why) => {
    const reading = read(input, output);

    expect(reading).toEqual({ ok: false, reason: expect.stringContaining(why) as string });
    expect(reading.ok ? '' : reading.reason).toContain('set mode: rows');
  });
});
