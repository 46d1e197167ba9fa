import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigFile, problemParts, readConfigFile } from '../../../src/cli/check/config-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): ConfigFile {
  const path = join(folder, 'model.yaml');
  writeFileSync(path, text);
  return readConfigFile(path);
}

const places = (file: ConfigFile): unknown[] => file.findings.map((found) => [found.line, found.key]);

test('reads a configuration that is fine', () => {
  const file = read('model: a\nsinks: [{ type: file, path: out/ }]\n');

  expect([file.config?.model, file.findings]).toEqual(['a', []]);
});

test('finds every problem at once, each with its line', () => {
  const file = read(`model: no good
input:
  colums: [a]
  rows: two
sinks:
  - type: arthur
    host: http://x.example
    token: in-clear
  - type: nowhere
`);

  const expected = [
    [1, 'model'],
    [3, 'input.colums'],
    [4, 'input.rows'],
    [6, 'sinks[0].modelId'],
    [7, 'sinks[0].host'],
    [8, 'sinks[0].token'],
    [9, 'sinks[1].type'],
  ];

  expect(places(file)).toHaveLength(expected.length);
  expect(places(file)).toEqual(expect.arrayContaining(expected));
});

test('never repeats a token that was written in clear', () => {
  expect(JSON.stringify(read('model: a\nsinks: [{ type: arthur, token: in-clear }]').findings)).not.toContain(
    'in-clear',
  );
});

test('gives value, what is allowed and what to do', () => {
  expect(problemParts('input.rows must be auto or one; given: "two"')).toMatchObject({
    key: 'input.rows',
    problem: 'must be auto or one',
    given: '"two"',
    cure: null,
  });
  expect(problemParts('a.b must be short; write "b"; given: "a; given: b"')).toMatchObject({
    problem: 'must be short',
    given: '"a; given: b"',
    cure: 'write "b"',
  });
  expect(problemParts('a.b is missing: must be a string')).toMatchObject({ key: 'a.b', given: null, cure: 'add it' });
  expect(problemParts('the configuration must be an object; given: 5')).toMatchObject({ key: null, given: '5' });
});

test.each([
  ['what is no YAML', 'model: [a\nsinks: b: c', /is not YAML/],
  ['a key that stands twice', 'model: a\nmodel: b\n', /is not YAML: the key "model" stands twice/],
  ['an alias without anchor', 'model: *nothing\n', /nothing/],
  ['an empty file', '', /^is empty$/],
])('says of %s what is wrong and throws nothing', (_, text, sentence) => {
  const { config, findings } = read(text);

  expect(config).toBeNull();
  expect(findings[0]?.problem).toMatch(sentence);
  expect(findings.every((found) => found.severity === 'wrong')).toBe(true);
});

test('says of a file that is not there that it cannot be read', () => {
  expect(readConfigFile(join(folder, 'none.yaml')).findings[0]?.problem).toMatch(/cannot be read/);
});

test.each([
  ['name must be a string; given: 5', 'put it in quotes'],
  ['name must be a string; given: true', 'put it in quotes'],
  ['name must be a string; given: ["a"]', null],
  ['days must be a number; given: "90"', 'write it without quotes: 90'],
  ['days must be a number; given: "ninety"', null],
  ['header must be a boolean; given: "yes"', 'write true'],
  ['header must be a boolean; given: "Off"', 'write false'],
  ['header must be a boolean; given: "maybe"', null],
  ['name must be a string; given: null', 'give it a value, or remove it'],
  ['prefix must end with "/"; write "a/"; given: "a"', 'write "a/"'],
])('of %s the cure is %j', (sentence, cure) => {
  expect(problemParts(sentence).cure).toBe(cure);
});

test.each([
  ['1234e5', '1234e5'],
  ['011122223333', '011122223333'],
  ['0x10', '0x10'],
  ['[1]', '[1]'],
])('shows the number %s as it is written', (text, given) => {
  const { findings } = read(`model: ${text}\nsinks: [{ type: file, path: out/ }]\n`);

  expect(findings).toMatchObject([{ line: 1, key: 'model', given }]);
});

test.each([
  ['a tab', 'model: a\nlimits:\n\tmaxDepth: 5\n', [[3, 'is not YAML: a line is indented by a tab', 'use spaces']]],
  [
    'two documents',
    'model: a\n---\nmodel: b\n',
    [[2, 'holds several documents, divided by "---"', 'write one document a file']],
  ],
  [
    'a key that stands twice',
    'model: a\ninput: { rows: one, rows: one }\n',
    [[2, 'is not YAML: the key "rows" stands twice in one map', 'remove one of the two']],
  ],
  [
    'a bracket that is not closed',
    'sinks: [a\n',
    [[2, expect.stringMatching(/^is not YAML: /), expect.stringMatching(/brackets and quotes that are not closed$/)]],
  ],
  [
    'a value that begins like none',
    'model: @a\n',
    [[1, expect.stringMatching(/^is not YAML: Plain value cannot start/), 'put the value in quotes']],
  ],
])('says of %s what is wrong and what to do', (_, text, expected) => {
  expect(read(text).findings.map(({ line, problem, cure }) => [line, problem, cure])).toEqual(expected);
});

test('repeats nothing of what is no YAML', () => {
  expect(JSON.stringify(read('model: "a" hunter-2\n').findings)).not.toContain('hunter-2');
});
