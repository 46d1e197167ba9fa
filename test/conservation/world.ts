import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventSourceMapping, startEventSourceMapping } from '../../src/local/lambda/event-source-mapping';
import type { S3EventRecord } from '../../src/local/s3/server';
import { Buckets, captureKey } from './buckets';
import type { MadeFile } from './captures';
import { WorldClock } from './clock';
import { Machines } from './machines';
import { Dice } from './random';
import { Schedule } from './schedule';
import { closeServers, type Servers, startServers } from './servers';
import { settle } from './settle';
import { type Server, Traffic } from './traffic';
import { worldRuntimeClient } from './runtime-client';
import { DEFAULTS, type GivenOptions, machinesOptions, type WorldOptions } from './world-options';
import { CAPTURES, PREFIX } from './names';

/** What the harness put: the truth that the oracle holds the product to. */
export interface Capture {
  readonly key: string;
  readonly made: MadeFile;
}

/**
 * S3, SQS, the partners and the bundled function in processes of its own, on one clock that jumps over the time in
 * which nobody does anything. Faults come from the servers, from the queue and from signals; the product has no hook.
 */
export class World {
  readonly dice: Dice;
  readonly captures: Capture[] = [];
  readonly schedule: Schedule;
  /** Calls, by partner, that were performed and whose answer nobody living got: their rows may come again. */
  readonly unheard: Partial<Record<Server, Set<number>>> = {};
  kills = 0;
  /** Other functions that were started, to be ended with it. */
  readonly others: { readonly close: () => Promise<void> }[] = [];
  /** What becomes of S3's notifications; each sink's queue gets them at once by default. */
  onNotification: (record: S3EventRecord) => void = (record) => this.notify(record);
  readonly buckets: Buckets;
  private readonly mappings: EventSourceMapping[];

  private constructor(
    readonly options: WorldOptions,
    readonly clock: WorldClock,
    readonly traffic: Traffic,
    readonly servers: Servers,
    readonly machines: Machines,
    private readonly files: { readonly folder: string; readonly remove: () => Promise<void> },
  ) {
    this.dice = new Dice(options.seed);
    this.schedule = new Schedule(clock);
    this.buckets = new Buckets(servers.s3.url);
    traffic.onUnheard = ({ server, request, pid }) => {
      // What a killed process leaves open is counted with its kill.
      if (!machines.killed.has(pid)) this.noteUnheard(server, request);
    };
    const { concurrency, batchSize } = options;
    this.mappings = servers.queues.map((queue) =>
      startEventSourceMapping({
        // A long poll would sleep through a jump.
        queue: { ...bound(queue), receive: (max, rest) => queue.receive(max, { ...rest, waitMs: 0 }) },
        lambda: machines,
        batchSize,
        maxConcurrency: concurrency,
      }),
    );
    const deliver = (record: S3EventRecord): void => this.onNotification(record);
    servers.s3.setNotification(CAPTURES, [{ id: 'relay', events: ['s3:ObjectCreated:*'], prefix: PREFIX, deliver }]);
  }

  static async start(given: GivenOptions): Promise<World> {
    const options: WorldOptions = { ...DEFAULTS, ...given };
    const folder = await mkdtemp(join(tmpdir(), 'capture-relay-conservation-'));
    const clock = new WorldClock(join(folder, 'clock'));
    const traffic = new Traffic();
    const servers = await startServers(options, folder, clock, traffic);
    const { client, remove } = await worldRuntimeClient();
    const machines = await Machines.start(await machinesOptions(options, folder, servers, clock, client));
    return new World(options, clock, traffic, servers, machines, { folder, remove });
  }

  /** Stores a capture file; S3 tells of it. */
  async put(made: MadeFile): Promise<Capture> {
    const capture = { key: captureKey(made.number, this.clock.nowMs()), made };
    this.captures.push(capture);
    await this.buckets.put(capture.key, made.text);
    return capture;
  }

  notify(record: S3EventRecord, delaySeconds = 0): void {
    const body = JSON.stringify({ Records: [record] });
    for (const queue of this.servers.queues) queue.send(body, { delaySeconds });
  }

  /** S3 tells of an object shortly after it was put. */
  async heard(count: number, records: () => number): Promise<void> {
    while (records() < count) await sleep(1);
  }

  noteUnheard(server: Server, request: number): void {
    (this.unheard[server] ??= new Set()).add(request);
  }

  kill(pid: number): void {
    if (this.machines.kill(pid)) this.kills += 1;
  }

  /** Until nothing is left to do, or `until` says so: real work in real time, waits by jumps. */
  settle(until?: () => boolean): Promise<void> {
    return settle(this, until);
  }

  /** The function as another deployment leaves it; running invocations end as they began. */
  async redeploy(change: Partial<WorldOptions>): Promise<void> {
    const options = { ...this.options, ...change };
    await this.machines.replace(
      await machinesOptions(options, this.files.folder, this.servers, this.clock, this.machines.runtimeClient),
    );
  }

  /** Ends the processes, so that all they said is heard. */
  async end(): Promise<void> {
    await Promise.all([
      this.machines.close(),
      ...this.others.map((other) => other.close()),
      ...this.mappings.map((mapping) => mapping.stop()),
    ]);
  }

  async close(): Promise<void> {
    await this.end();
    this.buckets.close();
    await closeServers(this.servers);
    this.clock.close();
    await Promise.all([rm(this.files.folder, { recursive: true, force: true }), this.files.remove()]);
  }
}

/** Methods of a class do not spread. */
function bound(queue: Servers['queues'][number]): Servers['queues'][number] {
  return {
    name: queue.name,
    url: queue.url,
    arn: queue.arn,
    send: (body, options) => queue.send(body, options),
    receive: (max, options) => queue.receive(max, options),
    delete: (receiptHandle) => queue.delete(receiptHandle),
    changeVisibility: (receiptHandle, seconds) => queue.changeVisibility(receiptHandle, seconds),
    counts: () => queue.counts(),
  };
}
