import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/clock';
import { deliverFile } from '../../src/app/deliver-file';
import { parseModelConfig } from '../../src/config/model-config';
import { parseJson } from '../../src/core/decode/json-text';
import type { BatchTemplate } from '../../src/core/row-template';
import { NumberToken, type Payload, type Value } from '../../src/core/types';
import { isArray, isObject, toJson } from '../../src/core/value';
import type { ArthurConfig } from '../../src/sinks/arthur/definition';
import { openArthur } from '../../src/sinks/arthur/arthur-sink';
import type { FiddlerConfig } from '../../src/sinks/fiddler/definition';
import { openFiddler } from '../../src/sinks/fiddler/fiddler-sink';
import type { FileConfig } from '../../src/sinks/file/definition';
import { openFile } from '../../src/sinks/file/file-sink';
import type { ConfiguredSink, OpenSink, SinkContext, SinkProblem } from '../../src/sinks/sink';
import { startArthur } from '../../src/local/partners/arthur';
import {
  ARTHUR_CREDIT_RISK_ID,
  demoArthurModels,
  demoFiddlerModels,
  FIDDLER_CREDIT_RISK_ID,
} from '../../src/local/partners/demo-models';
import { startFiddler } from '../../src/local/partners/fiddler';
import { captureLine, csv, FILE } from './capture-events';
import { inChunks } from './chunks';
import { ROOT } from './docs-pages';

/** The examples of the pages, made by the code they speak of. */
const SHAPES = join(ROOT, 'test/fixtures/shapes');
const MAX_SHOWN_CHARACTERS = 160;

interface ShapeCase {
  readonly title: string;
  readonly config?: Record<string, unknown>;
  readonly input: Payload | null;
  readonly output: Payload | null;
}

/** Every numbered case of test/fixtures/shapes with its golden, as a section of docs/shapes.md. */
export function shapeExamples(): string {
  const names = readdirSync(SHAPES)
    .filter((name) => /^\d{3}-.*(?<!\.golden)\.json$/.test(name))
    .sort();
  return names.map((name) => `\n${shapeExample(name)}`).join('') + '\n';
}

function shapeExample(name: string): string {
  const shape = JSON.parse(readFileSync(join(SHAPES, name), 'utf8')) as ShapeCase;
  const golden = parseJson(readFileSync(join(SHAPES, name.replace(/\.json$/, '.golden.json')), 'utf8'), 64);
  if (!golden.ok || !isArray(golden.value)) throw new Error(`the golden of ${name} is not a JSON list`);
  const lines = [
    ...(shape.config === undefined ? [] : [`config    ${JSON.stringify(shape.config)}`]),
    sideLine('input', shape.input),
    sideLine('output', shape.output),
    ...golden.value.map(resultLine),
  ];
  return `### ${name.slice(0, 3)} ${shape.title}\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`;
}

function sideLine(side: 'input' | 'output', payload: Payload | null): string {
  const label = side.padEnd(10);
  return payload === null
    ? `${label}not captured`
    : `${label}${payload.encoding}, ${payload.contentType ?? 'no content type'}: ${visible(payload.data)}`;
}

function resultLine(result: Value): string {
  const fields: ReadonlyMap<string, Value> = isObject(result) ? result : new Map();
  const text = (name: string): string => toJson(fields.get(name) ?? null);
  const word = (name: string): string => {
    const value = fields.get(name);
    return value instanceof NumberToken ? value.text : typeof value === 'string' ? value : '';
  };
  if (fields.has('nulled')) return `nulled    ${word('nulled')} value(s)`;
  if (fields.has('id')) return `${word('id').padEnd(10)}${text('inputs')} → ${text('outputs')}`;
  return `rejected  ${word('rejection')}${word('row') === '' ? '' : `, row ${word('row')}`}: ${word('reason')}`;
}

function visible(text: string): string {
  const line = text.replaceAll('\r', '␍').replaceAll('\n', '⏎').replaceAll('\uFEFF', '<BOM>').replaceAll('\t', '⇥');
  return line.length > MAX_SHOWN_CHARACTERS
    ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}… (${text.length} characters)`
    : line;
}

/** One call of two rows, with an id of the caller's. */
const EVENT = {
  eventId: '0a1b2c3d-0000-4000-8000-000000000001',
  inferenceId: 'abcdefg-12345',
  input: csv('37,Private,52000.50,40\n41,State-gov,61000.00,38'),
  output: csv('0.91\n0.13'),
};

const NAMES = { input: { columns: ['age', 'workclass', 'income', 'hours'] }, output: { columns: ['score'] } };

/** What each sink sends (or writes) for that call, by type: the stand-ins' credit-risk models took it. */
export async function sinkExamples(): Promise<Map<string, string>> {
  const arthur = await startArthur({ token: 'token', models: demoArthurModels() });
  const fiddler = await startFiddler({ token: 'token', models: demoFiddlerModels() });
  const folder = mkdtempSync(join(tmpdir(), 'capture-relay-docs-'));
  try {
    const token = { env: 'TOKEN' };
    const arthurBody = await delivered({ type: 'arthur', host: arthur.url, modelId: ARTHUR_CREDIT_RISK_ID, token });
    const fiddlerBody = await delivered({ type: 'fiddler', url: fiddler.url, modelId: FIDDLER_CREDIT_RISK_ID, token });
    await delivered({ type: 'file', path: folder });
    const [written = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ndjson'),
    );
    const file = readFileSync(join(folder, written), 'utf8');
    return new Map([
      ['arthur', block(arthurBody)],
      ['fiddler', block(fiddlerBody)],
      ['file', block(file)],
    ]);
  } finally {
    await Promise.all([arthur.close(), fiddler.close()]);
    rmSync(folder, { recursive: true });
  }
}

function block(body: string): string {
  const event = [
    `input   ${visible(EVENT.input.data)}`,
    `output  ${visible(EVENT.output.data)}`,
    `ids     inferenceId ${EVENT.inferenceId}, eventId ${EVENT.eventId}`,
  ];
  return `\n\`\`\`text\n${event.join('\n')}\n\`\`\`\n\n\`\`\`json\n${body.trimEnd()}\n\`\`\`\n\n`;
}

type Open = (sink: ConfiguredSink, context: SinkContext) => Promise<OpenSink | SinkProblem>;

/** The parts that talk, by type. Definitions load them with `import()`, which Jest's CommonJS does not have. */
const OPEN: Readonly<Record<string, Open>> = {
  arthur: ({ settings }, context) => openArthur(settings as ArthurConfig, context),
  fiddler: ({ settings }, context) => openFiddler(settings as FiddlerConfig, context),
  file: ({ settings }) => openFile(settings as FileConfig),
};

/** Delivers the event through the real sink. Returns the request body, with line breaks between its rows. */
async function delivered(rawSink: Record<string, unknown>): Promise<string> {
  const { rules, sinks } = parseModelConfig({ model: 'docs', ...NAMES, sinks: [rawSink] });
  const [config] = sinks;
  if (config === undefined) throw new Error('the example has no sink');
  const context = { secrets: { token: 'token' }, version: '0', requestTimeoutMs: 10_000 };
  const opened = await OPEN[config.sink.type]?.(config.sink, context);
  if (opened === undefined || 'problem' in opened) throw new Error(`the ${config.sink.type} sink does not open`);
  const bodies: string[] = [];
  const sink: OpenSink = {
    ...opened,
    deliver: (batch, signal) => {
      if (opened.template !== null) bodies.push(printedBody(batch.rows, opened.template));
      return opened.deliver(batch, signal);
    },
  };
  const bytes = inChunks(Buffer.from(`${captureLine(EVENT)}\n`), 1 << 16);
  const { signal } = new AbortController();
  const work = { file: FILE, bytes, rules, config, sink, signal, clock: systemClock(30_000) };
  const { tally } = await deliverFile({ ...work, onRejection: () => {}, onSkip: () => {} });
  await opened.close();
  if (tally.delivered !== 2) throw new Error(`the stand-in took ${tally.delivered} of the 2 example rows`);
  return bodies.join('\n');
}

const printedBody = (rows: readonly string[], { open, separator, close }: BatchTemplate): string =>
  `${open}\n${rows.join(`${separator}\n`)}\n${close}`;
