import { execFileSync } from 'node:child_process';
import * as calls from '../../../lib/cost/calls';
import { type CostLine, monthlyCost } from '../../../lib/cost/monthly-cost';
import { type Traffic, USUAL_TRAFFIC } from '../../../lib/cost/traffic';
import { SWEEP_METRICS } from '../../../src/sweep/sweep-metrics';
import { captureFileText } from '../../support/capture-events';
import { ROOT } from '../../support/docs-pages';
import { RelayWorld } from '../../support/relay-world';
import { metricsOf, watchedStack } from '../constructs/watched-stack';

const lineOf = (traffic: Traffic, what: string): CostLine => {
  const found = monthlyCost(traffic).find((line) => line.what === what);
  if (found === undefined) throw new Error(`no line "${what}"`);
  return found;
};

const bytesSaid = ({ logs, metrics }: RelayWorld): number =>
  [...logs, ...metrics].reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);

/** The second file of a world: the first one also found out where everything begins. */
async function forwardOne(batches: number) {
  const world = new RelayWorld({ batchInferences: 10, maxInFlight: 1 });
  const put = (name: string, count: number): string =>
    world.put(name, captureFileText(Array.from({ length: count }, (_, at) => ({ eventId: `${name}-${at}` }))));
  put('first', 10);
  await world.run();
  const [calledBefore, saidBefore] = [{ ...world.store.calls }, bytesSaid(world)];
  const key = put('second', 10 * batches);
  await world.run();
  return {
    reads: world.store.calls.get - calledBefore.get,
    writes: world.store.calls.put - calledBefore.put,
    lists: world.store.calls.list - calledBefore.list,
    logBytes: bytesSaid(world) - saidBefore,
    entryBytes: JSON.stringify(await world.entry(key)).length,
    metrics: world.metrics,
  };
}

describe('what a file costs is what the code does', () => {
  test.each([1, 2, 20])('calls to the state bucket for %i batches, one after another', async (batches) => {
    const { reads, writes, lists } = await forwardOne(batches);

    expect({ reads, writes, lists }).toEqual({
      reads: calls.stateReadsPerFile,
      writes: calls.stateWritesPerFile(batches),
      lists: 0,
    });
  });

  test('bytes of log lines and of the entry, with some to spare for longer names', async () => {
    const { logBytes, entryBytes } = await forwardOne(1);

    expect(logBytes).toBeLessThanOrEqual(calls.LOG_BYTES_PER_FILE);
    expect(logBytes).toBeGreaterThan(calls.LOG_BYTES_PER_FILE * 0.8);
    expect(entryBytes).toBeLessThanOrEqual(calls.ENTRY_BYTES);
    expect(entryBytes).toBeGreaterThan(calls.ENTRY_BYTES * 0.5);
  });

  test('custom metrics, of one sink and one variant', async () => {
    const { metrics } = await forwardOne(1);
    const names = metrics.flatMap((line) => {
      const { CloudWatchMetrics } = line._aws as {
        CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
      return CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name }) => Dimensions.map((set) => [Name, ...set].join())),
      );
    });

    expect(calls.customMetrics({ ...USUAL_TRAFFIC, sinks: 1, variants: 1 })).toBe(
      new Set(names).size + Object.keys(SWEEP_METRICS).length,
    );
  });

  test('metrics that alarms watch, as the template has them', () => {
    const { alarmsByName } = watchedStack({ sinkNames: ['arthur', 'lake'] });
    const watched = Object.values(alarmsByName).flatMap(metricsOf);

    expect(calls.alarmMetrics({ ...USUAL_TRAFFIC, sinks: 2, variants: 2 })).toBe(watched.length);
  });
});

describe('a month', () => {
  test('costs by its traffic, but for what is there without any', () => {
    const twice = { ...USUAL_TRAFFIC, filesPerHour: USUAL_TRAFFIC.filesPerHour * 2 };
    const factor = (what: string): number => lineOf(twice, what).dollars / lineOf(USUAL_TRAFFIC, what).dollars;
    const byTraffic = [
      'captures: kept',
      'state: written',
      'queues: messages',
      'forwarder: time',
      'sent to partners',
      'logs',
    ];
    const standing = [
      'queues: asked while empty',
      'sweep: runs',
      'key of the application',
      'metrics',
      'alarms',
      'dashboard',
    ];

    expect(byTraffic.map(factor)).toEqual(byTraffic.map(() => 2));
    expect(standing.map(factor)).toEqual(standing.map(() => 1));
  });

  test('has a topic for several sinks, and EventBridge where that is the trigger', () => {
    const dollars = (change: Partial<Traffic>, what: string): number =>
      lineOf({ ...USUAL_TRAFFIC, ...change }, what).dollars;

    expect(dollars({ sinks: 1 }, 'topic of several sinks')).toBe(0);
    expect(dollars({ sinks: 2 }, 'topic of several sinks')).toBeCloseTo(43_800 * 0.5e-6);
    expect(dollars({ trigger: 'notification' }, 'EventBridge')).toBe(0);
    expect(dollars({ trigger: 'eventbridge' }, 'EventBridge')).toBeCloseTo(43_800 * 1e-6);
  });
});

describe('npm run cost', () => {
  const cost = (...args: string[]): string =>
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/cost.ts', ...args], {
      cwd: ROOT,
      stdio: 'pipe',
    }).toString();

  test('prints the bill of the traffic that is asked for', () => {
    const row = (text: string): string => /^\| captures: written.*$/m.exec(text)?.[0] ?? '';

    expect(row(cost('--files-per-hour', '100'))).toContain('| 73,000 |');
  });

  test('prints the same as JSON, with the traffic it stands for', () => {
    const bill = JSON.parse(cost('--files-per-hour', '100', '--json')) as Record<string, unknown>;

    expect(bill).toMatchObject({ region: 'us-east-1', traffic: { ...USUAL_TRAFFIC, filesPerHour: 100 } });
    expect(bill.lines).toEqual(monthlyCost({ ...USUAL_TRAFFIC, filesPerHour: 100 }));
  });

  test.each([
    [['--sinks', 'two'], '--sinks is two; give a number above 0'],
    [['--trigger', 'cron'], '--trigger is cron; give notification or eventbridge'],
  ])('refuses %j, and says what it takes', (args, message) => {
    expect(() => cost(...args)).toThrow(message);
  });
});
