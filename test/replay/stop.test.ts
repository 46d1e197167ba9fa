import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenSinks } from '../../src/app/open-sinks';
import { parseModelConfig } from '../../src/config/model-config';
import type { DeliveryResult } from '../../src/core/types';
import { diskSource } from '../../src/replay/disk-source';
import { Stop } from '../../src/replay/stop';
import { events, folderWith, inMemory, keyAt, memorySink, start } from './replay-runs';

const FILES = {
  [keyAt('01/10/00-00')]: events({ eventId: 'a' }),
  [keyAt('01/11/00-00')]: events({ eventId: 'b' }, { eventId: 'c' }, { eventId: 'd' }),
  [keyAt('01/12/00-00')]: events({ eventId: 'e' }),
};

describe('a replay that is stopped', () => {
  let folder: string;
  beforeAll(() => {
    folder = folderWith(FILES);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('lets the open request end, counts what it brought, and begins nothing new', async () => {
    const stop = new Stop();
    const sink = memorySink('one', {
      maxBatchInferences: 1,
      answer: (batch) => {
        if (batch.inferences[0]?.partnerInferenceId === 'b') stop.ask(60_000);
        return { kind: 'delivered' };
      },
    });
    const { progress } = await start(await diskSource(folder), { ...inMemory([sink]), stop }).run();

    expect(sink.ids).toEqual(['a', 'b']);
    expect(progress[0]).toMatchObject({
      files: { done: 1, unread: 0 },
      stop: null,
      lastFile: { file: { key: join(folder, keyAt('01/10/00-00')) } },
      openFile: { file: { key: join(folder, keyAt('01/11/00-00')) } },
    });
  });

  test('cuts an open request when the grace is over, and its inferences stay in flight', async () => {
    const stop = new Stop();
    const hanging = (signal: AbortSignal): Promise<DeliveryResult> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'retryable', reason: 'cut', waitMs: null }));
        stop.ask(5);
      });
    const sink = memorySink('one', { answer: (_batch, signal) => hanging(signal) });
    const { progress } = await start(await diskSource(folder), { ...inMemory([sink]), stop }).run();

    expect(progress[0]).toMatchObject({ files: { done: 0 }, tally: { captured: 1, inFlight: 1 }, lastFile: null });
  });

  test('waits neither for its pace nor for a partner that asked for patience', async () => {
    const stop = new Stop();
    const paced = memorySink('paced');
    const askOncePaced = (): void => {
      const look = setInterval(() => {
        if (paced.ids.length === 0) return;
        clearInterval(look);
        setTimeout(() => stop.ask(60_000), 50);
      }, 1);
    };
    const patient = memorySink('patient', {
      answer: () => {
        askOncePaced();
        return { kind: 'retryable', reason: 'busy', waitMs: 3_600_000 };
      },
    });
    const { progress } = await start(await diskSource(folder), {
      ...inMemory([patient, paced]),
      stop,
      maxPerSecond: 0.000_1,
    }).run();

    expect(progress.map(({ files }) => files.done)).toEqual([0, 1]);
    expect(paced.ids).toEqual(['a']);
  });

  test('does not wait for a sink that is being opened', async () => {
    const stop = new Stop();
    const { config } = memorySink('one');
    const { run } = start(await diskSource(folder), { sinks: [config], open: () => new Promise(() => {}), stop });
    stop.ask(60_000);

    expect((await run()).progress[0]).toMatchObject({ files: { done: 0 }, openFile: null, stop: null });
  });

  test('leaves nothing half-written on a disk', async () => {
    const out = mkdtempSync(join(tmpdir(), 'replay-out-'));
    const stop = new Stop();
    const { sinks } = parseModelConfig({
      model: 'm',
      sinks: [{ type: 'file', path: out, batch: { maxInferences: 1 } }],
    });
    const opened = new OpenSinks(() => Promise.reject(new Error('no secrets')), '0');
    let batches = 0;
    const { progress } = await start(await diskSource(folder), {
      sinks,
      stop,
      open: async (config, signal) => {
        const sink = await opened.get(config, signal);
        if ('kind' in sink) return sink;
        return {
          ...sink,
          deliver: (...call) => {
            batches += 1;
            if (batches === 3) stop.ask(60_000);
            return sink.deliver(...call);
          },
        };
      },
    }).run();
    const written = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(ndjson|part)$/.test(name),
    );

    expect(written).toEqual([expect.stringMatching(/01\/10\/00-00-.*\.ndjson$/)]);
    expect(progress[0]).toMatchObject({ files: { done: 1 }, tally: { delivered: 1, inFlight: 2 } });
    rmSync(out, { recursive: true });
  });
});
