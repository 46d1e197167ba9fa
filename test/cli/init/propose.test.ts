import { parse } from 'yaml';
import { propose } from '../../../src/cli/init/propose';
import { configOf, remarksOf } from '../../../src/cli/init/proposal';
import type { ProposedSink } from '../../../src/cli/init/propose-sinks';
import type { Sample } from '../../../src/cli/init/read-sample';
import { proposalYaml } from '../../../src/cli/init/write-yaml';
import { parseModelConfig } from '../../../src/config/model-config';
import type { CaptureEvent } from '../../../src/core/types';
import { base64, csv, FILE, json } from '../../support/capture-events';
import { sampleOf } from './sample-of';

interface Made {
  readonly config: Record<string, unknown>;
  readonly yaml: string;
  readonly remarks: string;
  readonly rejected: number;
}

function make(
  events: readonly Partial<CaptureEvent>[],
  sinks: readonly ProposedSink[] = [],
  parts: Partial<Sample> = {},
): Made {
  const { proposal, rejections } = propose(sampleOf(events, parts), { model: null, sinks });
  const remarks = remarksOf(proposal).map(({ about, remark }) => `${about}: ${remark}`);
  return {
    config: configOf(proposal),
    yaml: proposalYaml(proposal),
    remarks: remarks.join('\n'),
    rejected: rejections.length,
  };
}

test('takes name, bucket and prefix from the capture key', () => {
  expect(make([{}]).config).toMatchObject({ model: 'churn', capture: { bucket: 'captures', prefix: 'p/churn/' } });
});

test('names positional values by their position, with their types, and says that the names are to be replaced', () => {
  const { config, remarks } = make([{ input: csv('1,a\n2,b'), output: csv('0.1\n0.2') }]);

  expect(config.input).toEqual({
    columns: [
      { name: 'feature_0', type: 'number' },
      { name: 'feature_1', type: 'string' },
    ],
  });
  expect(config.output).toEqual({ columns: [{ name: 'prediction', type: 'number' }] });
  expect(remarks).toMatch(/^input\.columns: .*replace these names/m);
});

test('lists every name of JSON rows, and says where one is missing', () => {
  const { config, remarks } = make([{ input: json({ a: 1 }) }, { input: json({ a: 2, b: 'x' }) }]);

  expect(config.input).toEqual({
    columns: [
      { name: 'a', type: 'number' },
      { name: 'b', type: 'string' },
    ],
  });
  expect(remarks).toMatch(/input\.columns\[1\]: missing in 1 of 2 rows/);
});

test('leaves names and types to the model of a partner, which they would win over', () => {
  const { config, remarks } = make([{ input: csv('1,2'), output: json({ score: 0.5 }) }], ['arthur', 'fiddler']);

  expect(config).not.toHaveProperty('input');
  expect(config.output).toEqual({ columns: ['score'] });
  expect(remarks).toMatch(/input: Rows hold 2 value\(s\) without names/);
  expect(remarks).toMatch(/output\.columns\[0\]: looks like number/);
});

test('leaves columns out where rows have different widths', () => {
  const { config, remarks, rejected } = make([{ input: csv('1,2') }, { input: csv('1,2,3') }]);

  expect([config.input, rejected]).toEqual([undefined, 0]);
  expect(remarks).toMatch(/2 values \(1 rows\), 3 values \(1 rows\)/);
});

test('writes no column list that would reject what can be read without it', () => {
  // One line of three cells is three rows here and one row there; three names would make it one row in both.
  const events = [
    { input: csv('1\n2\n3'), output: csv('0.1,0.2,0.3') },
    { input: csv('1'), output: csv('0.1') },
  ];

  expect(make(events).rejected).toBe(0);
});

test('writes no list for names that no list can hold', () => {
  const { config, rejected } = make([{ input: json({ '': 1, a: 2 }) }]);

  expect([config.input, rejected]).toEqual([undefined, 0]);
});

test('identifies by event id when callers repeat inference ids', () => {
  const repeated = make([{ inferenceId: '0' }, { inferenceId: '0' }]);
  const unique = make([{ inferenceId: '0' }, { inferenceId: '1' }]);

  expect([repeated.config.identity, unique.config.identity]).toEqual(['eventId', undefined]);
  expect(repeated.remarks).toMatch(/identity: 1 of 2 inference ids were seen before/);
});

test('does not identify by event id where events have none, and says so', () => {
  const { config, remarks } = make([{ inferenceId: '0', eventId: null }, { inferenceId: '0' }]);

  expect(config.identity).toBeUndefined();
  expect(remarks).toMatch(/1 events have no event id/);
});

test('offers shadow variants as a comment, because a promoted variant would be left out', () => {
  const { config, remarks } = make([{ invocationSource: 'ShadowExperiment' }]);

  expect(config).not.toHaveProperty('shadow');
  expect(remarks).toMatch(/shadow: \{ variants: \[AllTraffic\] \}/);
});

test.each([
  ['application/jsonlines', /list it in CaptureContentTypeHeader\.JsonContentTypes/],
  ['text/csv', /list it in CaptureContentTypeHeader\.CsvContentTypes/],
  ['application/vnd.api+json', /CaptureContentTypeHeader cannot name this type/],
  [null, /Text without content type/],
])('says of text captured as BASE64 under %s what the endpoint should list', (type, sentence) => {
  expect(make([{ input: base64('[[1,2]]', type) }]).remarks).toMatch(sentence);
});

test('says of pictures captured as BASE64 nothing', () => {
  expect(make([{ input: base64(Buffer.from('\x89PNG', 'latin1'), 'image/png') }]).remarks).not.toMatch(/BASE64:/);
});

test('says that inputs and outputs share names and that it cannot rename them', () => {
  const { remarks } = make([{ input: json({ age: 1 }), output: json({ age: 2 }) }]);

  expect(remarks).toMatch(/both named age.*cannot rename/);
});

test('raises the limit of the line for a line that was too long', () => {
  const place = { file: FILE, line: 7, byteOffset: 0, byteLength: 40 << 20 };
  const rejection = {
    stage: 'line' as const,
    code: 'LINE_TOO_LONG',
    reason: '',
    place,
    row: null,
    partnerInferenceId: null,
  };

  expect(make([{}], [], { rejections: [rejection] }).config.limits).toEqual({ maxLineBytes: 64 << 20 });
});

test('says how many inferences an event holds, and that reading stopped at its limit', () => {
  const events = [{}, { input: csv('1\n2\n3'), output: csv('1\n2\n3') }, {}];
  const { yaml } = make(events, [], { stoppedAt: 'events', files: { total: 9, read: 2 } });

  expect(yaml).toMatch(/^# An event holds 1 to 3 inferences, median 1\.$/m);
  expect(yaml).toMatch(/^# Not everything was read: the limit of events was reached in file 2 of 9/m);
});

test('offers both readings in comments when the captures do not decide', () => {
  const { yaml, rejected } = make([{ input: json([1, 2]), output: json([0.1, 0.9]) }]);

  expect(yaml).toMatch(/^# - output\.rows: one: reads 1 more event\(s\), 1 inference\(s\) an event$/m);
  expect(yaml).toMatch(/^# - output\.rows: many: reads 1 more event\(s\), 2 inference\(s\) an event$/m);
  expect(rejected).toBe(1);
});

test.each<[string, readonly Partial<CaptureEvent>[], readonly ProposedSink[]]>([
  ['plain captures', [{}], []],
  ['every sink', [{}], ['arthur', 'fiddler', 'file']],
  ['a header', [{ input: csv('a,b\n1,2'), output: csv('1') }], []],
  ['hostile names', [{ input: json({ 'a\nsinks: []': 1, 'b: # c': 'x', '- d': 2, null: 3, '\u2028': 4 }) }], []],
  ['drifting columns with hostile names', [{ input: json({ 'x\n!!': 1 }) }, { input: json({ 'x\n!!': 'text' }) }], []],
])('writes YAML for %s that holds exactly the proposed configuration and is accepted', (_, events, sinks) => {
  const { config, yaml } = make(events, sinks);

  expect(parse(yaml)).toEqual(config);
  expect(() => parseModelConfig(parse(yaml))).not.toThrow();
});

test('refuses a model name that the configuration cannot have', () => {
  expect(() => propose(sampleOf([{}]), { model: 'no good', sinks: [] })).toThrow(/--model must be 1 to 63/);
});
