import { systemClock } from '../../src/app/clock';
import { deliverFile } from '../../src/app/deliver-file';
import { parseModelConfig } from '../../src/config/model-config';
import { imbalance } from '../../src/core/tally';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_CREDIT_RISK_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import { captureFileText, csv, FILE, json } from '../support/capture-events';
import { inChunks } from '../support/chunks';

/** An arthur sink whose token may write, and may not read the model's attributes. */
describe('an arthur sink that cannot ask for names', () => {
  let partner: ArthurStandIn;

  beforeEach(async () => {
    const permissions = { readAttributes: false };
    partner = await startArthur({ token: 'a-token', models: demoArthurModels(), permissions });
  });
  afterEach(() => partner.close());

  async function deliver(content: string, settings: object = {}, model: object = {}) {
    const raw = { type: 'arthur', host: partner.url, modelId: ARTHUR_CREDIT_RISK_ID, token: { env: 'T' }, ...settings };
    const { sinks, rules } = parseModelConfig({ model: 'm', ...model, sinks: [raw] });
    const [config] = sinks;
    const sink = await config?.sink.open({ secrets: { token: 'a-token' }, version: '0', requestTimeoutMs: 5_000 });
    if (config === undefined || sink === undefined || 'problem' in sink) throw new Error(JSON.stringify(sink));
    const rejections: string[] = [];
    const result = await deliverFile({
      file: FILE,
      bytes: inChunks(Buffer.from(content), 100),
      rules,
      config,
      sink,
      signal: new AbortController().signal,
      clock: systemClock(30_000),
      onRejection: ({ code }) => rejections.push(code),
      onSkip: () => {},
    });
    await sink.close();
    expect(imbalance(result.tally)).toEqual([]);
    return { ...result, rejections };
  }

  const NAMED = {
    eventId: 'named',
    input: json({ instances: [{ age: 37 }] }),
    output: json({ predictions: [{ score: 0.5 }] }),
  };
  const POSITIONAL = {
    eventId: 'positional',
    input: csv('37,Private,1.5,40\n41,Private,2.5,38'),
    output: csv('0.1\n0.2'),
  };
  const stored = () => partner.stored(ARTHUR_CREDIT_RISK_ID).map(({ id }) => id);

  test('sends named rows as they are', async () => {
    const { tally, complete } = await deliver(captureFileText([NAMED]));

    expect([complete, tally.delivered, stored()]).toEqual([true, 1, ['named']]);
  });

  test('stops at the first positional row, rejects none, and offers both cures', async () => {
    const { tally, complete, stop, rejections } = await deliver(captureFileText([NAMED, POSITIONAL, NAMED]));

    expect([complete, rejections, stored()]).toEqual([false, [], []]);
    expect(tally).toMatchObject({ captured: 3, inFlight: 3, quarantined: 0 });
    expect(stop).toMatchObject({ kind: 'misconfigured', code: 'COLUMNS_UNKNOWN' });
    expect(stop?.reason).toMatch(/set columns .*mode: pass-through/);
  });

  test.each<[string, object, object]>([
    ['for this sink', { columns: { inputs: ['age', 'workclass', 'income', 'hours'], outputs: ['score'] } }, {}],
    [
      'for the model',
      {},
      { input: { columns: ['age', 'workclass', 'income', 'hours'] }, output: { columns: ['score'] } },
    ],
  ])('sends positional rows that the configuration names %s', async (_, settings, model) => {
    const { complete } = await deliver(captureFileText([POSITIONAL]), settings, model);

    expect([complete, stored()]).toEqual([true, ['positional_0', 'positional_1']]);
  });

  test('stops at positional outputs too: Arthur would refuse each of them under a made-up name', async () => {
    const settings = { columns: { inputs: ['age', 'workclass', 'income', 'hours'] } };

    expect((await deliver(captureFileText([POSITIONAL]), settings)).stop).toMatchObject({ code: 'COLUMNS_UNKNOWN' });
  });

  test('with mode: pass-through leaves the names to Arthur', async () => {
    const { complete, tally } = await deliver(captureFileText([POSITIONAL, NAMED]), { mode: 'pass-through' });

    expect([complete, tally.accepted, stored()]).toEqual([true, 3, ['positional_0', 'positional_1', 'named']]);
  });
});
