import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { captureFileText, csv } from '../support/capture-events';
import { run } from '../support/run-cli';
import { shadowTestSettings } from '../support/shadow-tests';

/** One event of three rows, made by a shadow variant and marked so by SageMaker. */
const GENUINE = join(__dirname, '../../../shared/captures/real/shadow-variant-2024-03-31.jsonl');

describe('captures of a shadow variant', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shadow-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Replays them to file sinks; what each of them counted and holds. */
  async function replay(captures: string, sinks: readonly object[], shadow: object = {}) {
    const config = join(folder, 'model.json');
    const withPaths = sinks.map((sink, at) => ({ type: 'file', path: join(folder, `sink-${at}`), ...sink }));
    const capture = { bucket: 'ml-captures', prefix: 'captures/' };
    writeFileSync(config, JSON.stringify({ model: 'penguins', capture, ...shadow, sinks: withPaths }));
    const { stdout } = await run('replay', captures, '--config', config, '--json');
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { replay: { sinks: Record<string, number>[] } };
    return last.replay.sinks.map(({ captured, delivered, skipped, quarantined, inFlight }, at) => ({
      captured,
      delivered,
      skipped,
      quarantined,
      inFlight,
      rows: rowsIn(join(folder, `sink-${at}`)),
    }));
  }

  function rowsIn(place: string): number {
    if (!existsSync(place)) return 0;
    const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    return texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).length;
  }

  const skipped = { captured: 3, delivered: 0, skipped: 3, quarantined: 0, inFlight: 0, rows: 0 };
  const delivered = { captured: 3, delivered: 3, skipped: 0, quarantined: 0, inFlight: 0, rows: 3 };

  const genuine = existsSync(GENUINE) ? test : test.skip;
  if (!existsSync(GENUINE)) console.warn(`no genuine capture at ${GENUINE}: its tests are left out`);

  genuine('deliver nothing to production by default: 3 inferences are skipped and counted', async () => {
    expect(await replay(GENUINE, [{}])).toEqual([skipped]);
  });

  genuine('go to the second model alone where a route says so', async () => {
    const found = await replay(GENUINE, [{ name: 'production' }, { name: 'challenger', shadow: 'only' }]);

    expect(found).toEqual([skipped, delivered]);
  });

  test("are known by the variant of the model's shadow test, without SageMaker's mark", async () => {
    const file = (variant: string): string =>
      join(folder, `captures/shadow-tests/penguins/endpoint/${variant}/2026/12/01/09/00-00-000-x.jsonl`);
    for (const variant of ['AllTraffic', 'Challenger']) {
      mkdirSync(dirname(file(variant)), { recursive: true });
      writeFileSync(file(variant), captureFileText([{ input: csv('1\n2\n3'), output: csv('4\n5\n6') }]));
    }
    const sinks = [{ name: 'production' }, { name: 'challenger', shadow: 'only' }, { name: 'both', shadow: 'include' }];

    const found = await replay(join(folder, 'captures'), sinks, { shadow: { test: shadowTestSettings() } });

    expect(found).toMatchObject([
      { captured: 6, delivered: 3, skipped: 3, rows: 3 },
      { captured: 6, delivered: 3, skipped: 3, rows: 3 },
      { captured: 6, delivered: 6, skipped: 0, rows: 6 },
    ]);
  });
});
