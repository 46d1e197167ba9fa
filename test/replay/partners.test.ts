import { rmSync } from 'node:fs';
import { OpenSinks } from '../../src/app/open-sinks';
import { parseModelConfig, type SinkConfig } from '../../src/config/model-config';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import {
  ARTHUR_OPEN_ID,
  demoArthurModels,
  demoFiddlerModels,
  FIDDLER_OPEN_ID,
} from '../../src/local/partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../../src/local/partners/fiddler';
import { diskSource } from '../../src/replay/disk-source';
import type { Replay } from '../../src/replay/replay';
import type { SinkProgress } from '../../src/replay/sink-progress';
import { csv } from '../support/capture-events';
import { events, folderWith, keyAt, type ReplayRun, start } from './replay-runs';

const rows = (count: number): string => Array.from({ length: count }, (_, at) => `${at},red`).join('\n');
const scores = (count: number): string => Array.from({ length: count }, (_, at) => `0.${at + 1}`).join('\n');
const batch = (eventId: string, count: number) => ({ eventId, input: csv(rows(count)), output: csv(scores(count)) });

const FILES = {
  [keyAt('01/10/00-00')]: events(batch('a', 1), batch('b', 3)),
  [keyAt('01/10/01-00')]:
    `${events(batch('c', 40), { ...batch('caller', 1), eventId: 'd', inferenceId: 'own' })}torn\n`,
  [keyAt('01/10/02-00', 'Candidate')]: events(batch('e', 2)),
};
const IDS = ['a', 'b_0', 'b_1', 'b_2', ...Array.from({ length: 40 }, (_, at) => `c_${at}`), 'own', 'e_0', 'e_1'].sort();

describe('a replay to partners', () => {
  let folder: string;
  let arthur: ArthurStandIn;
  let fiddler: FiddlerStandIn;
  beforeEach(async () => {
    folder = folderWith(FILES);
    arthur = await startArthur({ token: 'token', models: demoArthurModels() });
    fiddler = await startFiddler({ token: 'token', models: demoFiddlerModels() });
  });
  afterEach(async () => {
    await Promise.all([arthur.close(), fiddler.close()]);
    rmSync(folder, { recursive: true });
  });

  function sinks(settings: Record<string, unknown> = {}): readonly SinkConfig[] {
    const token = { env: 'TOKEN' };
    return parseModelConfig({
      model: 'm',
      sinks: [
        { type: 'arthur', host: arthur.url, modelId: ARTHUR_OPEN_ID, token, batch: { maxInferences: 7 }, ...settings },
        { type: 'fiddler', url: fiddler.url, modelId: FIDDLER_OPEN_ID, token, variants: ['AllTraffic'] },
      ],
    }).sinks;
  }

  async function replay(configs: readonly SinkConfig[], parts: Partial<Replay> = {}): Promise<ReplayRun> {
    const opened = new OpenSinks(() => Promise.resolve('token'), '0');
    const open: Replay['open'] = (config, signal) => opened.get(config, signal);
    const result = await start(await diskSource(folder), { sinks: configs, open, ...parts }).run();
    await opened.close();
    return result;
  }

  const numbers = ({ progress }: ReplayRun): unknown =>
    progress.map(({ sink, files, tally, requests }: SinkProgress) => {
      // Only the partner can say that it merely took over.
      const { accepted: _, ...counts } = tally;
      return { sink, files, counts, requests };
    });
  const idsAtArthur = (): string[] => arthur.stored(ARTHUR_OPEN_ID).map(({ id }) => id);

  test('gives the ids of live, counts the ids the partner gave, and reports a refused token of one of them alone', async () => {
    const { progress, rejections } = await replay(sinks());

    expect(idsAtArthur().sort()).toEqual(IDS);
    expect(fiddler.tally(FIDDLER_OPEN_ID).rows).toBe(45);
    expect(progress.map(({ partnerIds, skips }) => [partnerIds, skips.get('variant')?.inferences])).toEqual([
      [0, undefined],
      [45, 2],
    ]);
    expect(rejections.map(({ sink, rejection }) => `${sink} ${rejection.code}`).sort()).toEqual([
      'arthur MALFORMED_LINE',
      'fiddler MALFORMED_LINE',
    ]);

    arthur.token = 'another';
    const refused = await replay(sinks());
    expect(refused.progress[0]).toMatchObject({ stop: { code: 'SINK_TOKEN_REFUSED' }, files: { done: 0 } });
    expect(refused.progress[1]).toMatchObject({ stop: null, files: { done: 3 } });
  });

  test('sends in a dry run no inference, and counts requests and bytes to the last one', async () => {
    const dry = await replay(sinks(), { isDryRun: true });
    const rowsAfterDryRun = [arthur.tally(ARTHUR_OPEN_ID).rows, fiddler.tally(FIDDLER_OPEN_ID).rows];
    const bodies = arthur.requests;
    const wet = await replay(sinks());

    expect(rowsAfterDryRun).toEqual([0, 0]);
    expect(numbers(dry)).toEqual(numbers(wet));
    expect(wet.progress[0]).toMatchObject({ requests: { count: 8 }, tally: { requests: 8, delivered: 47 } });
    // One question for the attributes each time it is opened.
    expect(arthur.requests - bodies).toBe(1 + 8);
    expect(wet.progress.every(({ requests }) => requests.bytes > 1_000)).toBe(true);
  });

  test('rides out answers that ask to come again, and repeats under the same ids what is replayed twice', async () => {
    arthur.faults.add({ fault: { kind: 'status', status: 503 }, times: 1 });
    const { progress } = await replay(sinks());
    await replay(sinks());
    const { rows: stored, distinctIds } = arthur.tally(ARTHUR_OPEN_ID);

    expect(progress[0]?.tally).toMatchObject({ retries: 1, delivered: 47, inFlight: 0 });
    expect({ stored, distinctIds }).toEqual({ stored: 94, distinctIds: 47 });
  });

  test('hands over whole files where the partner decodes them itself, and counts the same in a dry run', async () => {
    const whole = sinks({ mode: 'pass-through' });
    const dry = await replay(whole, { isDryRun: true });
    const rowsAfterDryRun = arthur.tally(ARTHUR_OPEN_ID).rows;
    const wet = await replay(whole);

    expect(rowsAfterDryRun).toBe(0);
    expect(numbers(dry)).toEqual(numbers(wet));
    expect(wet.progress[0]).toMatchObject({ requests: { count: 3 }, tally: { delivered: 47 } });
    expect(idsAtArthur().sort()).toEqual(IDS);
  });
});
