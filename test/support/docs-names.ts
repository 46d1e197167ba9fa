import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CAPTURED_EVENTS, metricLine } from '../../src/aws/metrics';
import { appSettingsSchema } from '../../lib/config/app-settings';
import { program } from '../../src/cli/main';
import { commonSinkFields, secretReference } from '../../src/config/fields';
import { modelSchema } from '../../src/config/schema';
import { SKIP_REASONS } from '../../src/core/capture-event';
import { emptyTally } from '../../src/core/tally';
import type { DeliveryResult } from '../../src/core/types';
import { Emulation } from '../../src/local/emulation/emulation';
import { sinkTypes } from '../../src/sinks/registry';
import { quoted, readPage, ROOT, type Row, section, tableNames, tableRows } from './docs-pages';
import { type SchemaKey, schemaKeys, sinkSchemas } from './docs-schema';
import { codesIn, logMessagesIn, parseFile, productSources } from './docs-source';

/** Every list of names that stands both in a page and in the code. The two must be equal. */
export interface NameList {
  readonly what: string;
  readonly inPage: readonly string[];
  readonly inCode: readonly string[];
}

export function nameLists(): NameList[] {
  const trees = productSources().map(parseFile);
  const [errors, configuration, sinks] = [
    readPage('docs/errors.md'),
    readPage('docs/configuration.md'),
    readPage('docs/sinks.md'),
  ];
  const [equation, logs, local] = [readPage('docs/equation.md'), readPage('docs/logs.md'), readPage('docs/local.md')];
  const levelAndMessage = (row: Row): string => `${quoted(row.cells[1] ?? '').join()} ${row.names[0] ?? ''}`;
  return [
    list(
      'codes',
      [...errors.matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? ''),
      codesIn(trees),
    ),
    list('environment variables', tableNames(section(configuration, 'Environment variables')), variables()),
    list('sinks', tableNames(beforeSubsections(sinks, '## ')), sinkTypes()),
    list('pages of sinks', pagesIn('docs/sinks'), sinkTypes()),
    list(
      'results of a delivery',
      tableNames(beforeSubsections(section(sinks, 'The contract in short'), '### ')),
      RESULTS,
    ),
    list(
      'pages of commands',
      pagesIn('docs/cli'),
      program().commands.map((command) => command.name()),
    ),
    ...program().commands.map((command) =>
      list(
        `options of ${command.name()}`,
        tableNames(section(readPage(`docs/cli/${command.name()}.md`), 'Options')),
        command.options.map((option) => option.flags),
      ),
    ),
    list('metrics', tableNames(section(equation, 'Metrics')), metrics()),
    list('counts of the tally', tableNames(section(equation, 'The tally')), Object.keys(emptyTally())),
    list('states of a file', tableNames(section(equation, 'Files')), Object.keys(FILES)),
    list('log messages', tableRows(section(logs, 'Lines')).map(levelAndMessage), logMessagesIn(trees)),
    list('kinds of skips', tableNames(section(logs, 'Skips')), Object.keys(SKIP_REASONS)),
    list('variables of the local run', tableNames(section(local, 'Point an AWS client at it')), localVariables()),
    ...settings().map(({ title, keys, rows }) =>
      list(
        `settings under "${title}"`,
        rows.flatMap((row) => row.names),
        new Set(keys.map((key) => key.path)),
      ),
    ),
  ];
}

/** The sections of docs/configuration.md with their rows, and the keys of the schema they are about. */
export function settings(): { title: string; keys: SchemaKey[]; rows: Row[] }[] {
  const page = readPage('docs/configuration.md');
  const common = schemaKeys(z.object(commonSinkFields), 'sinks[]');
  const isOwn = ({ path }: SchemaKey): boolean =>
    !common.some((key) => key.path === path) && !/\.(?:type|token\..*)$/.test(path);
  const keysByTitle: [string, SchemaKey[]][] = [
    ['The model', schemaKeys(modelSchema)],
    ['The application', schemaKeys(appSettingsSchema)],
    ['Every sink', common],
    ...[...sinkSchemas()].map(([type, schema]): [string, SchemaKey[]] => [
      `Sink ${type}`,
      schemaKeys(schema, 'sinks[]').filter(isOwn),
    ]),
    ['Secrets', schemaKeys(secretReference, 'token')],
  ];
  return keysByTitle.map(([title, keys]) => {
    const text = section(page, title);
    return { title, keys, rows: tableRows(title === 'Every sink' ? beforeSubsections(text, '### ') : text) };
  });
}

const list = (what: string, inPage: Iterable<string>, inCode: Iterable<string>): NameList => ({
  what,
  inPage: [...inPage].sort(),
  inCode: [...inCode].sort(),
});

const FILES = { done: 0, inFlight: 0, gone: 0, superseded: 0 };

// The compiler holds this list against the type, which is gone when tests run.
const RESULTS = Object.keys({
  delivered: true,
  accepted: true,
  partial: true,
  retryable: true,
  'too-large': true,
  rejected: true,
  misconfigured: true,
} satisfies Record<DeliveryResult['kind'], true>);

function metrics(): string[] {
  const line = JSON.parse(metricLine('model', 'sink', emptyTally(), FILES, 0)) as {
    _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
  };
  return [...line._aws.CloudWatchMetrics.flatMap((group) => group.Metrics.map(({ Name }) => Name)), CAPTURED_EVENTS];
}

/** Variables that sources name; comments count, too, so that a page is never behind them. */
function variables(): Set<string> {
  const name = /\b(?:CAPTURE_RELAY|ARTHUR|FIDDLER)_[A-Z_]*[A-Z]\b/g;
  return new Set(productSources().flatMap((path) => readPage(path).match(name) ?? []));
}

const localVariables = (): string[] => Object.keys(Reflect.get(Emulation.prototype, 'consoleEnv', { s3: {}, sqs: {} }));

const pagesIn = (folder: string): string[] => readdirSync(join(ROOT, folder)).map((name) => name.replace(/\.md$/, ''));

const beforeSubsections = (text: string, marks: string): string => text.split(`\n${marks}`)[0] ?? '';
