import { chooseReading, type ChosenReading } from '../../../src/cli/init/choose-reading';
import { settingLines } from '../../../src/cli/init/reading-settings';
import { parseModelConfig } from '../../../src/config/model-config';
import type { CaptureEvent } from '../../../src/core/types';
import { base64, csv, json } from '../../support/capture-events';
import { sampleOf } from './sample-of';

const { rules } = parseModelConfig({ model: 'test', sinks: [{ type: 'file', path: '.' }] });

const choose = (events: readonly Partial<CaptureEvent>[]): ChosenReading =>
  chooseReading(sampleOf(events).events, rules);
const chosen = (events: readonly Partial<CaptureEvent>[]): string[] => settingLines(choose(events).settings);
const times = (count: number, event: Partial<CaptureEvent>): Partial<CaptureEvent>[] =>
  Array.from({ length: count }, () => event);

describe('chooseReading sets nothing', () => {
  test.each([
    ['when everything is read without a setting', [{ input: csv('1,2\n3,4'), output: csv('0.1\n0.2') }]],
    [
      'for a first row of texts that is no header, as it differs between events',
      [
        { input: csv('a,b\n1,2'), output: csv('0\n1') },
        { input: csv('c,d\n1,2'), output: csv('0\n1') },
      ],
    ],
    [
      'for a first row of texts above numbers when the output counts it as a row',
      [{ input: csv('a,b\n1,2'), output: csv('0.1\n0.2') }],
    ],
    ['for an empty side, which no setting makes an inference', [{ input: csv(''), output: csv('0.5') }]],
    ['when no setting reads the events', [{ input: json('{"broken'), output: csv('1') }]],
  ])('%s', (_, events) => {
    expect(choose(events)).toEqual({ settings: { input: {}, output: {} }, undecided: [] });
  });
});

describe('chooseReading finds a header', () => {
  test('where numbers stand below the same names in every event', () => {
    expect(
      chosen([
        { input: csv('age,income\n37,5.5'), output: csv('0.1') },
        { input: csv('age,income\n41,7\n42,8'), output: csv('0.1\n0.2') },
      ]),
    ).toEqual(['input.header: true']);
  });

  test('where only texts stand below it and the sides differ by that line', () => {
    expect(chosen([{ input: csv('inputs\nI like you'), output: json([{ label: 'POSITIVE', score: 0.9 }]) }])).toEqual([
      'input.header: true',
    ]);
  });

  test('on both sides', () => {
    expect(chosen([{ input: csv('a,b\n1,2'), output: csv('score\n0.5') }])).toEqual([
      'input.header: true',
      'output.header: true',
    ]);
  });

  test('although an event is broken under every reading', () => {
    const events = [
      { input: csv('a,b\n1,2'), output: csv('0.5') },
      { input: csv('"a\n1'), output: csv('0.5') },
    ];

    expect(chosen(events)).toEqual(['input.header: true']);
  });
});

describe('chooseReading decides on rows', () => {
  const series = { input: csv('1,2\n3,4\n5,6'), output: csv('0.5') };
  const flat = { input: json([1, 2]), output: json([0.1, 0.9]) };

  test('by joining the rows of a side when only that pairs the sides', () => {
    expect(chosen([series])).toEqual(['input.rows: one']);
  });

  test('by events that are read without a setting and must stay as they are', () => {
    expect(chosen([flat, { input: json([1, 2, 3]), output: json([0.1, 0.9]) }])).toEqual(['output.rows: one']);
  });

  test('not at all when two readings are possible, and offers both with what they make of it', () => {
    const { settings, undecided } = choose([flat]);

    expect(settings).toEqual({ input: {}, output: {} });
    expect(undecided.map((each) => [settingLines(each.settings), each.counts, each.cured])).toEqual([
      [['output.rows: one'], [1], 1],
      [['output.rows: many'], [2], 1],
    ]);
  });

  test('not for a few events among many that are read without it, but offers it', () => {
    const { settings, undecided } = choose([series, ...times(20, { input: csv('1,2'), output: csv('0.5') })]);

    expect([settingLines(settings), undecided.map((each) => settingLines(each.settings))]).toEqual([
      [],
      [['input.rows: one']],
    ]);
  });
});

describe('chooseReading sets a format', () => {
  test.each([
    [
      'csv for tables of numbers under a label that says nothing',
      base64('1,2\n3,4', 'application/octet-stream'),
      ['input.format: csv'],
    ],
    ['csv for tables of numbers sent as plain text', base64('1,2\n3,4', 'text/plain'), ['input.format: csv']],
    ['none for sentences sent as plain text', base64('one, two', 'text/plain'), []],
    ['none for bytes', base64(Buffer.from([0xff, 0xfe, 0x00]), 'application/octet-stream'), []],
    [
      'json under an encoding nobody knows',
      { encoding: 'TEXT', contentType: null, data: '[[1],[2]]' },
      ['input.format: json'],
    ],
  ])('%s', (_, input, expected) => {
    const rows = expected.length > 0 ? '0.1\n0.2' : '0.1';

    expect(chosen([{ input, output: csv(rows) }])).toEqual(expected);
  });
});
