import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  ConfigError,
  decode,
  type Decoded,
  type DecodeOptions,
  NumberToken,
  parseModelConfig,
  toJson,
} from '../src/index';
import { captureFileText, csv, FILE, json } from './support/capture-events';
import { codeBlocks, readPage, ROOT } from './support/docs-pages';

async function all(text: string, options: DecodeOptions = {}): Promise<Decoded[]> {
  const items: Decoded[] = [];
  for await (const item of decode(Readable.from([Buffer.from(text)]), options)) items.push(item);
  return items;
}

describe('decode', () => {
  const text = `${captureFileText([
    { eventId: 'a', input: csv('1.50,x\n2,y'), output: json([{ p: 1 }, { p: 2 }]) },
  ])}torn\n{"groundTruthData":{}}\n`;

  test('gives inferences, rejections and skips in the order of the file, each with its place', async () => {
    const items = await all(text, { key: FILE.key, bucket: 'captures' });

    expect(items.map(({ kind }) => kind)).toEqual(['inference', 'inference', 'rejection', 'skip']);
    expect(items[1]).toMatchObject({
      inference: {
        partnerInferenceId: 'a_1',
        endpoint: 'churn',
        variant: 'AllTraffic',
        place: { file: { bucket: 'captures' } },
      },
    });
    expect(items[2]).toMatchObject({ rejection: { code: 'MALFORMED_LINE', place: { line: 2 } } });
    expect(items[3]).toMatchObject({ skip: { kind: 'ground-truth' } });
  });

  test('keeps the captured text of a number, under the names that the rules give', async () => {
    const { rules } = parseModelConfig({
      model: 'm',
      input: { columns: ['age', 'colour'] },
      sinks: [{ type: 'file', path: 'x' }],
    });
    const [first] = await all(text, { rules });
    const age = first?.kind === 'inference' ? first.inference.inputs?.get('age') : undefined;

    expect(age).toEqual(new NumberToken('1.50'));
    expect(age === undefined ? '' : toJson(age)).toBe('1.50');
  });

  test('throws what the bytes throw, after what was read before', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from(text.slice(0, text.indexOf('torn')));
      throw new Error('the disk is gone');
    }
    const kinds: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { kind } of decode(broken())) kinds.push(kind);
    };

    await expect(reading()).rejects.toThrow('the disk is gone');
    expect(kinds).toEqual(['inference', 'inference']);
  });

  test('a wrong configuration is a ConfigError that lists every problem', () => {
    const problemsOf = (): readonly string[] => {
      try {
        parseModelConfig({ model: 'no spaces', sinks: [{ type: 'pigeon' }] });
      } catch (error) {
        if (error instanceof ConfigError) return error.problems;
      }
      return [];
    };

    expect(problemsOf()).toHaveLength(2);
  });
});

describe('the examples', () => {
  const run = promisify(execFile);
  const tsx = (...args: readonly string[]) =>
    run(process.execPath, ['--import', 'tsx', ...args], { cwd: ROOT, env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  let folder: string;
  let path: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'library-'));
    path = join(folder, 'capture.jsonl');
    writeFileSync(path, `${captureFileText([{ eventId: 'a', output: csv('0.50') }])}torn\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('of docs/library.md is the file in examples, of ten lines, and prints ids and outputs', async () => {
    const example = readFileSync(join(ROOT, 'examples/library/decode.ts'), 'utf8');
    const { stdout, stderr } = await tsx('examples/library/decode.ts', path);

    expect(codeBlocks(readPage('docs/library.md'), 'ts')).toEqual([example]);
    expect(example.trimEnd().split('\n')).toHaveLength(10);
    expect([stdout, stderr]).toEqual(['a {"prediction":0.50}\n', 'line 2: MALFORMED_LINE\n']);
  });

  test('of a sink of your own delivers with retries, and prints the equation', async () => {
    const bodies: string[] = [];
    const server = await receiver(bodies);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { stdout } = await tsx('examples/custom-sink/send.ts', path, url).finally(() => server.close());

    expect(JSON.parse(stdout)).toEqual({
      captured: 2,
      delivered: 1,
      quarantined: 1,
      skipped: 0,
      inFlight: 0,
      stop: null,
    });
    expect(bodies[0]).toContain('"outputs":{"prediction":0.50}');
    expect(bodies).toEqual([bodies[0], bodies[0]]);
  });
});

/** Refuses the first request for being busy. */
function receiver(bodies: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(bodies.length === 1 ? 503 : 204).end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
