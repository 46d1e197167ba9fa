import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Batcher } from '../../src/core/batch';
import { encodeRow } from '../../src/core/row-template';
import type { Inference, InferenceBatch } from '../../src/core/types';
import { startArthur } from '../../src/local/partners/arthur';
import {
  ARTHUR_OPEN_ID,
  demoArthurModels,
  demoFiddlerModels,
  FIDDLER_OPEN_ID,
} from '../../src/local/partners/demo-models';
import { startFiddler } from '../../src/local/partners/fiddler';
import { sinkDefinition, sinkDefinitions } from '../../src/sinks/registry';
import type { ConfiguredSink, OpenSink } from '../../src/sinks/sink';
import { columns, inference } from '../support/inferences';

/** What every sink must do. A new sink adds one entry here: how to start its partner and count what that stores. */
interface Bench {
  readonly settings: Record<string, unknown>;
  readonly secrets: Record<string, string>;
  readonly stored: () => Promise<number> | number;
  readonly stop: () => Promise<void>;
  /** Makes the partner refuse the token; null for a sink without one. */
  readonly revoke: (() => void) | null;
}

const BENCHES: Record<string, () => Promise<Bench>> = {
  arthur: async () => {
    const partner = await startArthur({ token: 'a-token', models: demoArthurModels() });
    return {
      settings: { host: partner.url, modelId: ARTHUR_OPEN_ID, token: { env: 'T' } },
      secrets: { token: 'a-token' },
      stored: () => partner.tally(ARTHUR_OPEN_ID).rows,
      stop: () => partner.close(),
      revoke: () => void (partner.token = 'another'),
    };
  },
  fiddler: async () => {
    const partner = await startFiddler({ token: 'a-token', models: demoFiddlerModels() });
    return {
      settings: { url: partner.url, modelId: FIDDLER_OPEN_ID, token: { env: 'T' } },
      secrets: { token: 'a-token' },
      stored: () => partner.tally(FIDDLER_OPEN_ID).rows,
      stop: () => partner.close(),
      revoke: () => void (partner.token = 'another'),
    };
  },
  file: async () => {
    const path = mkdtempSync(join(tmpdir(), 'file-sink-'));
    return Promise.resolve({
      settings: { path },
      secrets: {},
      stored: () => readdirSync(path, { recursive: true }).filter((name) => String(name).endsWith('.ndjson')).length,
      stop: () => Promise.resolve(rmSync(path, { recursive: true })),
      revoke: null,
    });
  },
};

const types = sinkDefinitions().map((definition) => definition.type);

function configured(type: string, settings: Record<string, unknown>): ConfiguredSink {
  const parsed = sinkDefinition(type)?.parse({ type, ...settings }, 'sinks[0]');
  if (parsed === undefined || 'problems' in parsed) throw new Error(JSON.stringify(parsed));
  return parsed.sink;
}

function batchFor(sink: OpenSink, inferences: readonly Inference[]): InferenceBatch {
  const batcher = new Batcher({ maxBatchInferences: 100_000, maxBatchBytes: 1e9 }, sink.template);
  for (const each of inferences) {
    const row = sink.template === null ? null : encodeRow(sink.template.row, each);
    if (row?.ok === false) throw new Error(row.code);
    for (const _ of batcher.add(each, row?.json ?? null)) throw new Error('the batch closed early');
  }
  const [batch] = [...batcher.flush()];
  if (batch === undefined) throw new Error('no batch');
  return batch;
}

test('every registered sink has a bench here, and no other', () => {
  expect(Object.keys(BENCHES).sort()).toEqual([...types].sort());
});

describe.each(types)('the sink %s', (type) => {
  let bench: Bench;
  let sink: ConfiguredSink;

  beforeEach(async () => {
    bench = await (BENCHES[type] as () => Promise<Bench>)();
    sink = configured(type, bench.settings);
  });
  afterEach(() => bench.stop());

  const open = async (secrets = bench.secrets): Promise<OpenSink> => {
    const opened = await sink.open({ secrets, version: '0.0.0', requestTimeoutMs: 1_000 });
    if ('problem' in opened) throw new Error(JSON.stringify(opened.problem));
    return opened;
  };

  test('says what it stored, and it is stored', async () => {
    const opened = await open();
    const result = await opened.deliver(
      batchFor(opened, [inference(), inference({ partnerInferenceId: 'id-1' })]),
      new AbortController().signal,
    );
    const end = (await opened.finishFile?.(inference().place.file, { complete: true })) ?? result;

    expect([result.kind, end.kind]).toEqual([
      expect.stringMatching(/delivered|accepted/),
      expect.stringMatching(/delivered|accepted/),
    ]);
    expect(await bench.stored()).toBe(type === 'file' ? 1 : 2);
    await opened.close();
  });

  test('states limits that can be met, and a sentence for what delivered and a repeat mean', () => {
    const definition = sinkDefinition(type);

    expect(sink.limits.maxInferenceBytes).toBeLessThanOrEqual(sink.limits.maxBatchBytes);
    expect(Math.min(...Object.values(sink.limits))).toBeGreaterThan(0);
    expect([definition?.delivered, definition?.repeats]).toEqual([
      expect.stringMatching(/\.$/),
      expect.stringMatching(/\.$/),
    ]);
  });

  test('lists every problem of its settings with the path of each, and shows no token', () => {
    const bad = { ...bench.settings, type, token: 'tok-in-clear', unknown: 1, batch: { maxInferences: 0 } };
    const parsed = sinkDefinition(type)?.parse(bad, 'sinks[3]');
    const problems = parsed !== undefined && 'problems' in parsed ? parsed.problems : [];

    expect(problems.join('\n')).toContain('sinks[3].unknown is not a setting');
    expect(problems.join('\n')).toContain('sinks[3].batch.maxInferences must be at least 1; given: 0');
    expect(problems.join('\n')).not.toContain('tok-in-clear');
  });

  test('with a wrong or revoked token is misconfigured, and its answer holds no token', async () => {
    if (bench.revoke === null) return expect(Object.keys(sink.secrets)).toEqual([]);
    const opened = await open();
    bench.revoke();
    const result = await opened.deliver(batchFor(opened, [inference()]), new AbortController().signal);
    const refused = await sink.open({ secrets: bench.secrets, version: '0.0.0', requestTimeoutMs: 1_000 });

    expect(result).toMatchObject({ kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED' });
    expect(refused).toMatchObject({ problem: { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED' } });
    expect(JSON.stringify([result, refused])).not.toContain('a-token');
    await opened.close();
  });

  test('with its partner gone is retryable, and stops at once when the run ends', async () => {
    if (bench.revoke === null) return;
    const opened = await open();
    await bench.stop();
    const result = await opened.deliver(batchFor(opened, [inference()]), new AbortController().signal);

    expect(result).toMatchObject({ kind: 'retryable' });
    expect(await opened.deliver(batchFor(opened, [inference()]), AbortSignal.abort())).toMatchObject({
      kind: 'retryable',
    });
    await opened.close();
    bench = await (BENCHES[type] as () => Promise<Bench>)();
  });

  test('writes odd names and values unharmed', async () => {
    const opened = await open();
    const odd = inference({
      inputs: columns({ 'Int\'l "Plan" \\ é😀': 'a\u2028\n"b"', __proto: null, '': true }),
      outputs: columns({ p: 1 }),
    });

    expect(await opened.deliver(batchFor(opened, [odd]), new AbortController().signal)).toMatchObject({
      kind: expect.stringMatching(/delivered|accepted/),
    });
    await opened.close();
  });
});
