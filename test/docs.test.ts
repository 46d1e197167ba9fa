import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { appSettingsSchema } from '../lib/config/app-settings';
import { shownTables } from '../lib/cost/cost-table';
import * as defaults from '../src/config/defaults';
import { commonSinkFields } from '../src/config/fields';
import { parseModelConfig } from '../src/config/model-config';
import { RETRY_POLICY } from '../src/core/deliver';
import { type Identity, partnerInferenceId } from '../src/core/partner-inference-id';
import type { RejectionStage } from '../src/core/types';
import { statusResult } from '../src/sinks/http/status';
import { sinkDefinition, sinkTypes } from '../src/sinks/registry';
import { captureEvent } from './support/capture-events';
import { exampleCalls, usageProblem } from './support/docs-commands';
import { shapeExamples, sinkExamples } from './support/docs-examples';
import { nameLists, settings } from './support/docs-names';
import * as pages from './support/docs-pages';
import * as source from './support/docs-source';

/**
 * The documentation against the code, both ways: what the code has must be in the pages, and what the pages name must
 * be in the code. `UPDATE_DOCS=1 npx jest test/docs` writes the generated examples anew.
 */
const { readPage, section, tableRows } = pages;
const allPages = [...pages.docPages(), 'README.md', 'CONTRIBUTING.md'].filter((path) =>
  existsSync(join(pages.ROOT, path)),
);

function expectGenerated(path: string, name: string, expected: string): void {
  const part = pages.generatedPart(readPage(path), name);
  if (process.env.UPDATE_DOCS === '1' && part !== null) writeFileSync(join(pages.ROOT, path), part.replace(expected));

  expect(pages.generatedPart(readPage(path), name)?.text).toBe(expected);
}

describe('names that stand in a page and in the code', () => {
  test.each(nameLists())('$what: the page has all of them, and no other', ({ inPage, inCode }) => {
    expect(inCode).not.toEqual([]);
    expect(inPage).toEqual(inCode);
  });

  test('a code is found wherever sources write one, and other words in capitals are not', () => {
    const tree = source.parseText(`
      function refuse(place: Place, code: string) {} refuse(here, 'BY_ARGUMENT');
      const refused = (code: string) => ({ code }); refused(bad ? 'BY_CONDITION' : other ?? 'BY_DEFAULT');
      class Fault extends Error { constructor(readonly code: string) { super(code) } } new Fault('BY_NEW');
      class Config extends Fault { constructor() { super('BY_SUPER') } }
      type Result = { readonly code: 'BY_TYPE' | 'BY_UNION' }; const result = { code: 'BY_PROPERTY' };
      function statusCode() { return 'BY_RETURN' }
      read(env, 'ARTHUR_HOST'); const type = 'PIPELINE_INPUT'; if (error.code === 'ENOENT') { } // code: 'COMMENT'
    `);
    const ways = ['ARGUMENT', 'CONDITION', 'DEFAULT', 'NEW', 'PROPERTY', 'RETURN', 'SUPER', 'TYPE', 'UNION'];

    expect([...source.codesIn([tree])].sort()).toEqual(ways.map((way) => `BY_${way}`));
  });
});

describe('docs/errors.md', () => {
  const entries = readPage('docs/errors.md')
    .split(/^### /m)
    .slice(1)
    .map((text) => ({
      code: text.split('\n')[0] ?? '',
      text,
      stages: pages.quoted(/^Stage .*?\. /m.exec(text)?.[0] ?? ''),
    }));

  test.each(entries)('$code says its stage, its cause and what to do', ({ text, stages }) => {
    const ofRejections = { line: 1, event: 1, decode: 1, encode: 1, deliver: 1 } satisfies Record<RejectionStage, 1>;
    const known = [...Object.keys(ofRejections), 'stop', 'start', 'message', 'run'];

    expect(stages).not.toEqual([]);
    expect(stages.filter((stage) => !known.includes(stage))).toEqual([]);
    expect(text).toMatch(/^- Cause/m);
    expect(text).toMatch(/^- Do: /m);
  });

  test('puts every code that a payload shape is rejected with under the stage decode', () => {
    const codes = [...shapeExamples().matchAll(/^rejected {2}(\w+)/gm)].map((match) => match[1] ?? '');
    const decoding = entries.filter((entry) => entry.stages.includes('decode')).map((entry) => entry.code);

    expect(codes).toContain('RAGGED_ROW');
    expect(codes.filter((code) => !decoding.includes(code))).toEqual([]);
  });
});

describe('docs/shapes.md', () => {
  test('tries the shapes of objects in the order of the sources', () => {
    const order = source.functionsListedIn(source.parseFile('src/core/decode/object-shape.ts'), 'SHAPES');
    const rows = tableRows(section(readPage('docs/shapes.md'), 'The order'));
    const told = rows.flatMap((row) => pages.quoted(row.cells[3] ?? ''));

    expect(order).toContain('conversation');
    expect(told.filter((name) => order.includes(name))).toEqual(order);
  });

  test('shows every numbered case as its golden has it', () => {
    expectGenerated('docs/shapes.md', 'shapes', shapeExamples());
  });
});

describe('docs/configuration.md', () => {
  test.each(settings())('$title: a row says the type, what is allowed and what is required', ({ keys, rows }) => {
    const wrong = rows.flatMap((row) => {
      const [, type, standard = ''] = row.cells;
      const said = row.cells.join(' | ');
      const meant = keys.filter((key) => row.names.includes(key.path));
      const hasDefaults = row.cells.length === 5;
      return [
        ...meant.filter((key) => key.type !== null && key.type !== type).map((key) => `${key.path} is ${key.type}`),
        ...meant.flatMap((key) =>
          key.allowed.filter((word) => !said.includes(word)).map((word) => `${key.path}: ${word}`),
        ),
        ...meant
          .filter((key) => hasDefaults && key.isRequired !== standard.startsWith('required'))
          .map((key) => `${key.path} is ${key.isRequired ? '' : 'not '}required`),
      ];
    });

    expect(wrong).toEqual([]);
  });

  test('gives the defaults of the sources', () => {
    const numbers: [string, number][] = [
      ['limits.maxLineBytes', defaults.MAX_LINE_BYTES],
      ['limits.maxDepth', defaults.MAX_DEPTH],
      ['limits.maxRowsPerEvent', defaults.MAX_ROWS_PER_EVENT],
      ['limits.maxColumns', defaults.MAX_COLUMNS],
      ['sinks[].requestTimeoutMs', defaults.REQUEST_TIMEOUT_MS],
    ];
    const rows = tableRows(readPage('docs/configuration.md'));
    const told = numbers.map(([path]) => [path, rows.find((row) => row.names.includes(path))?.cells[2]]);

    expect(told).toEqual(numbers.map(([path, number]) => [path, `\`${number}\``]));
  });

  const examples = allPages.flatMap((path) => pages.codeBlocks(readPage(path), 'yaml').map((text) => ({ path, text })));

  test.each(examples)('an example configuration in $path is accepted', ({ text }) => {
    const document = parse(text) as Record<string, unknown>;
    const check = 'model' in document ? parseModelConfig : (raw: unknown) => appSettingsSchema.parse(raw);

    expect(() => check(document)).not.toThrow();
  });
});

describe('docs/deploy.md', () => {
  test('shows what `npm run cost` makes of three traffics', () => {
    expectGenerated('docs/deploy.md', 'cost', `\n${shownTables()}\n\n`);
  });
});

describe('docs/sinks.md', () => {
  const statuses = tableRows(section(readPage('docs/sinks.md'), 'Statuses')).flatMap(
    ({ cells: [list = '', kind = '', code = ''] }) =>
      list.split(', ').map((status) => ({ status: Number(status), says: [kind, code].flatMap(pages.quoted) })),
  );

  test.each(statuses)('says of status $status what it means', ({ status, says }) => {
    const words = { partner: '', token: '', model: '' };
    const rest = { retryAfterMs: null, contentType: '', text: '', isTruncated: false };
    const result = statusResult({ kind: 'answer', status, ...rest }, words, '');

    expect(says).toEqual(result === null ? [] : [result.kind, ...('code' in result ? [result.code] : [])]);
  });

  test('gives the numbers of the retries', () => {
    const rows = tableRows(section(readPage('docs/sinks.md'), 'Retries'));

    expect(Object.fromEntries(rows.map((row) => [row.names[0], Number(row.cells[1])]))).toEqual(RETRY_POLICY);
  });
});

describe.each(sinkTypes())('docs/sinks/%s.md', (type) => {
  const path = `docs/sinks/${type}.md`;
  const page = readPage(path);

  test("has the definition's own sentences on what delivered means and what a repeat does", () => {
    const text = page.replaceAll(/\s+/g, ' ');

    expect(text).toContain(sinkDefinition(type)?.delivered);
    expect(text).toContain(sinkDefinition(type)?.repeats);
  });

  test('gives the limits of the definition', () => {
    const { sinks } = parseModelConfig(parse(pages.codeBlocks(page, 'yaml')[0] ?? ''));
    const rows = tableRows(section(page, 'Limits'));
    const told = rows.map((row) => [row.names[0], Number(row.cells[1]?.replaceAll(',', ''))]);

    expect(Object.fromEntries(told)).toEqual(sinks[0]?.sink.limits);
  });

  test('names every setting of its own, and no other', () => {
    const keys = settings().find(({ title }) => title === `Sink ${type}`)?.keys ?? [];
    const told = pages.quoted(/^Own settings: [^;]*/m.exec(page)?.[0] ?? '');

    expect(told.filter((name) => name in commonSinkFields)).toEqual([]);
    expect(told.map((name) => `sinks[].${name}`).sort()).toEqual(keys.map((key) => key.path).sort());
  });

  test('shows what the sink really sends', async () => {
    expectGenerated(path, type, (await sinkExamples()).get(type) ?? 'no example');
  });
});

describe('docs/identity.md', () => {
  const rows = tableRows(readPage('docs/identity.md')).map(({ cells }) => cells.map(pages.quoted));

  test.each(rows.map((cells, at) => ({ row: at + 1, cells })))(
    'row $row gives the ids that the rule gives',
    ({ row, cells }) => {
      const [[inferenceId = null] = [], [eventId = null] = [], , [identity] = [], told = []] = cells;
      const count = Number(tableRows(readPage('docs/identity.md'))[row - 1]?.cells[2]);
      const event = captureEvent({ inferenceId, eventId });
      const ids = Array.from({ length: count }, (_, at) => partnerInferenceId(event, at, count, identity as Identity));

      expect(told).toEqual(ids);
    },
  );
});

describe('examples of the command line', () => {
  const calls = allPages.flatMap((path) =>
    exampleCalls(readPage(path)).map((args) => ({ path, args, line: args.join(' ') })),
  );

  test.each(calls)('$path: `$line` is taken', ({ args }) => {
    expect(usageProblem(args)).toBeNull();
  });

  test.each(['inspekt a', 'inspect a --jsonl', 'inspect a b', 'inspect'])('`%s` would be noticed', (line) => {
    expect(usageProblem(line.split(' '))).not.toBeNull();
  });
});

describe('all pages', () => {
  // Decision records are linked as a folder and keep their own form.
  const ownPages = pages.docPages().filter((path) => !path.startsWith('docs/adr/'));

  test('docs/index.md links every page of the reference', () => {
    const reference = ownPages.filter((path) => path !== 'docs/index.md');
    const linked = pages.links('docs/index.md').map((link) => link.target);

    expect(reference.filter((path) => !linked.includes(path))).toEqual([]);
  });

  test.each(allPages)('%s: every relative link leads to a file, and to a heading in it', (path) => {
    expect(pages.brokenLinks(path)).toEqual([]);
  });

  test.each(ownPages)('%s: prose is wrapped at 120 characters', (path) => {
    const prose = pages
      .withoutCode(readPage(path))
      .split('\n')
      .filter((line) => !line.startsWith('|'));

    expect(prose.filter((line) => line.length > 120)).toEqual([]);
  });
});
