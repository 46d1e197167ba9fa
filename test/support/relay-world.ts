import { forward } from '../../src/app/forward';
import { invocationTimes } from '../../src/app/invocation-clock';
import { OpenSinks } from '../../src/app/open-sinks';
import { relayState } from '../../src/app/open-state';
import { readInvocation } from '../../src/aws/notifications';
import { type WorkMessage, writeWorkMessage } from '../../src/aws/work-message';
import { type ModelConfig, parseModelConfig } from '../../src/config/model-config';
import type { Clock } from '../../src/core/deliver';
import { SourceFailure } from '../../src/core/source';
import type { DeliveryResult, InferenceBatch } from '../../src/core/types';
import { type LedgerEntry, readEntry } from '../../src/ledger/entry';
import type { OpenSink } from '../../src/sinks/sink';
import type { StateStore } from '../../src/store/state-store';
import { captureFileText, FILE } from './capture-events';
import { MemoryStore } from './memory-store';
import { VirtualClock } from './virtual-clock';

/**
 * Notifications, a queue, runs and a partner in one process and in virtual time: what `forward` does over hours, in
 * milliseconds. Everything but the partner, S3 and SQS is the real thing.
 */
export interface WorldOptions {
  /** Of the model's configuration. */
  readonly sinks?: readonly Readonly<Record<string, unknown>>[];
  readonly model?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  /** What one invocation may take. */
  readonly timeoutMs?: number;
  readonly batchInferences?: number;
  readonly maxInFlight?: number;
  /** False: messages do not say which queue a fresh one could go to, as where the function is invoked directly. */
  readonly canHandOver?: boolean;
}

interface Queued {
  readonly id: number;
  readonly body: string;
  visibleMs: number;
  receives: number;
}

type Answer = (batch: InferenceBatch, sink: string) => DeliveryResult | Promise<DeliveryResult>;

const VISIBILITY_FACTOR = 6;

export class RelayWorld {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly logs: Readonly<Record<string, unknown>>[] = [];
  readonly metrics: Readonly<Record<string, unknown>>[] = [];
  readonly deadLetters: string[] = [];
  /** `sink key:line:row` of everything the partner stored, in order. */
  readonly stored: string[] = [];
  /** When each request came, by sink. */
  readonly calls: { readonly sink: string; readonly atMs: number; readonly inferences: number }[] = [];
  readonly ids = new Map<string, Set<string>>();
  answer: Answer = () => ({ kind: 'delivered' });
  /** Told of each file that a run begins to read. */
  onRead: (key: string) => void = () => undefined;
  /** Told of each run before it starts: a test gives some of them a short life. */
  nextLife: () => Life = () => new Life();
  /** Settings that change while the world runs. */
  model: Readonly<Record<string, unknown>> = {};
  /** What one request takes. */
  requestMs = 100;
  private readonly files = new Map<
    string,
    { readonly bytes: Buffer; readonly eTag: string; readonly sequencer: string }
  >();
  private queued: Queued[] = [];
  private made = 0;

  constructor(private readonly options: WorldOptions = {}) {
    this.clock = new VirtualClock({ seed: options.seed ?? 1 });
    this.store = new MemoryStore({ nowMs: this.clock.nowMs });
  }

  get queueLength(): number {
    return this.queued.length;
  }

  /** Stores a capture file and sends its notification, unless it gets lost. */
  put(name: string, text: string = captureFileText([{ eventId: name }]), notify = true): string {
    this.made += 1;
    const key = FILE.key.replace(/[^/]+$/, `${name}.jsonl`);
    const sequencer = this.made.toString(16).padStart(16, '0');
    this.files.set(key, { bytes: Buffer.from(text), eTag: `etag-${this.made}`, sequencer });
    if (notify) this.notify(key);
    return key;
  }

  remove(key: string): void {
    this.files.delete(key);
  }

  /** The same bytes once more, as a copy of the object over itself makes them: another ETag, a later event. */
  copyOver(key: string): void {
    const name = key.replace(/^.*\/|\.jsonl$/g, '');
    this.put(name, this.files.get(key)?.bytes.toString());
  }

  notify(key: string, delaySeconds = 0): void {
    const file = this.files.get(key);
    if (file === undefined) throw new Error(`no such file: ${key}`);
    const object = {
      key: encodeURIComponent(key),
      eTag: file.eTag,
      sequencer: file.sequencer,
      size: file.bytes.length,
    };
    const record = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: FILE.bucket }, object } };
    this.send(JSON.stringify({ Records: [record] }), delaySeconds);
  }

  send(body: string, delaySeconds = 0): void {
    this.made += 1;
    this.queued.push({ id: this.made, body, visibleMs: this.clock.nowMs() + delaySeconds * 1_000, receives: 0 });
  }

  /** Runs until the queue is empty, several invocations at a time. */
  async run(concurrency = 1, until: () => boolean = () => false): Promise<void> {
    await this.clock.run(() => this.drain(concurrency, until));
  }

  /**
   * One invocation with these messages, as a process of its own. Returns the messages that failed; null when its process
   * was killed, which then does nothing any more and leaves what it began.
   */
  async invoke(messages: readonly Queued[], life: Life = new Life()): Promise<ReadonlySet<number> | null> {
    return Promise.race([this.started(messages, life), life.killed.then(() => null)]);
  }

  private async started(messages: readonly Queued[], life: Life): Promise<ReadonlySet<number>> {
    const { timeoutMs = 60_000 } = this.options;
    const config = this.withPartner(parseModelConfig(this.modelConfig()), life);
    const times = invocationTimes(this.clock.nowMs(), timeoutMs);
    const abort = new AbortController();
    const clock: Clock = { ...this.view(times.sendUntilMs) };
    const state = relayState(mortalStore(this.store, life), config, this.view(times.writeUntilMs));
    const { failures } = await forward(
      readInvocation({
        Records: messages.map(({ id, body }) => ({
          messageId: String(id),
          eventSource: 'aws:sqs',
          ...(this.options.canHandOver === false ? {} : { eventSourceARN: QUEUE_ARN }),
          body,
        })),
      }),
      {
        config,
        sinks: new OpenSinks(() => Promise.resolve('token'), '0'),
        sinkByQueue: new Map(),
        read: (created, _signal, fromByte) => this.read(created.file.key, created.eTag, fromByte),
        readRange: ({ file }, from, length) =>
          Promise.resolve(this.files.get(file.key)?.bytes.subarray(from, from + length) ?? null),
        clock,
        readUntilMs: times.readUntilMs,
        endMs: times.endMs,
        signal: abort.signal,
        log: (level, message, fields = {}) => void this.logs.push({ level, message, ...fields }),
        emit: (line) => void this.metrics.push(JSON.parse(line) as Record<string, unknown>),
        state,
        queue: {
          send: (_arn, message, delaySeconds) =>
            life.effect(() => Promise.resolve(this.send(writeWorkMessage(message), delaySeconds))),
        },
      },
    );
    return new Set(failures.map(({ messageId }) => Number(messageId)));
  }

  async entry(key: string, sink = 'file'): Promise<LedgerEntry> {
    const { entries } = await this.store.list(`ledger/v1/m/${sink}/`);
    for (const each of entries) {
      const entry = readEntry((await this.store.get(each.key))?.body ?? '', each.key);
      if (entry.key === key) return entry;
    }
    throw new Error(`no entry for ${key}`);
  }

  /** What stands in quarantine, record by record. */
  async quarantined(): Promise<{ line: number; row: number | null; code: string }[]> {
    const { entries } = await this.store.list('quarantine/');
    const bodies = await Promise.all(entries.map(async ({ key }) => (await this.store.get(key))?.body ?? ''));
    return bodies.flatMap((body) =>
      body
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { line: number; row: number | null; code: string }),
    );
  }

  works(): readonly (readonly [string, WorkMessage['waits']])[] {
    return this.queued.map(({ body }) => {
      const { key, waits } = JSON.parse(body) as { key: string; waits: number };
      return [key, waits] as const;
    });
  }

  /** Takes what is visible, ten messages at most. */
  take(max = 10): readonly Queued[] {
    const nowMs = this.clock.nowMs();
    const visible = this.queued.filter(({ visibleMs }) => visibleMs <= nowMs).slice(0, max);
    for (const message of visible) {
      message.receives += 1;
      message.visibleMs = nowMs + (this.options.timeoutMs ?? 60_000) * VISIBILITY_FACTOR;
    }
    const spent = visible.filter(({ receives }) => receives > 5);
    this.deadLetters.push(...spent.map(({ body }) => body));
    this.queued = this.queued.filter((message) => !spent.includes(message));
    return visible.filter((message) => !spent.includes(message));
  }

  acknowledge(messages: readonly Queued[], failed: ReadonlySet<number>): void {
    this.queued = this.queued.filter((message) => !messages.includes(message) || failed.has(message.id));
  }

  /** As `run`, for whoever drives the clock. */
  async drain(concurrency = 1, until: () => boolean = () => false): Promise<void> {
    const runner = async (): Promise<void> => {
      while (this.queued.length > 0 && !until()) {
        const messages = this.take();
        if (messages.length > 0) {
          const failed = await this.invoke(messages, this.nextLife());
          if (failed !== null) this.acknowledge(messages, failed);
        } else if (this.queued.length > 0)
          await this.clock.sleep(
            Math.max(1, Math.min(...this.queued.map(({ visibleMs }) => visibleMs)) - this.clock.nowMs()),
          );
      }
    };
    await Promise.all(Array.from({ length: concurrency }, runner));
  }

  private view(deadlineMs: number): Clock {
    return { nowMs: this.clock.nowMs, sleep: this.clock.sleep, random: this.clock.random, deadlineMs };
  }

  private modelConfig(): Readonly<Record<string, unknown>> {
    const sinks = this.options.sinks ?? [{ type: 'file', path: 'x' }];
    return { model: 'm', sinks, ...this.options.model, ...this.model };
  }

  /** Every sink's partner is this world. */
  private withPartner(config: ModelConfig, life: Life): ModelConfig {
    const { batchInferences = 2, maxInFlight = 1 } = this.options;
    const sinks = config.sinks.map((sink) => ({
      ...sink,
      limits: { ...sink.limits, maxBatchInferences: batchInferences, maxInFlight },
      sink: { ...sink.sink, open: () => Promise.resolve(this.partner(sink.name, life)) },
    }));
    return { ...config, sinks };
  }

  private partner(sink: string, life: Life): OpenSink {
    return {
      template: null,
      columns: null,
      needsTime: 'no',
      close: () => Promise.resolve(),
      deliver: (batch) => life.effect(() => this.received(batch, sink)),
    };
  }

  private async received(batch: InferenceBatch, sink: string): Promise<DeliveryResult> {
    this.calls.push({ sink, atMs: this.clock.nowMs(), inferences: batch.inferences.length });
    await this.clock.sleep(this.requestMs);
    const result = await this.answer(batch, sink);
    const refused = new Set(
      result.kind === 'partial' ? [...result.rejected.map(({ index }) => index), ...result.retry] : [],
    );
    if (result.kind === 'delivered' || result.kind === 'accepted' || result.kind === 'partial')
      batch.inferences.forEach(({ place, index, partnerInferenceId }, at) => {
        if (refused.has(at)) return;
        const where = `${sink} ${place.file.key}:${place.line}:${index}`;
        this.stored.push(where);
        this.ids.set(where, (this.ids.get(where) ?? new Set()).add(partnerInferenceId));
      });
    return result;
  }

  private async *read(key: string, eTag: string | null, fromByte: number): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    this.onRead(key);
    const file = this.files.get(key);
    if (file === undefined) throw new SourceFailure('gone', `${key} was deleted before it was read`);
    if (eTag !== null && file.eTag !== eTag) throw new SourceFailure('superseded', `${key} was overwritten`);
    for (let at = fromByte; at < file.bytes.length; at += 256) {
      if (this.files.get(key) !== file) throw new SourceFailure(this.files.has(key) ? 'superseded' : 'gone', key);
      yield file.bytes.subarray(at, at + 256);
    }
  }
}

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:captures';

/** A process that may be killed at one of the calls it makes to the world: before the call has its effect, or after. */
export class Life {
  private calls = 0;
  private isKilled = false;
  private kill: () => void = () => undefined;
  readonly killed = new Promise<void>((resolve) => {
    this.kill = resolve;
  });

  constructor(
    private readonly killAtCall = Number.POSITIVE_INFINITY,
    private readonly phase: 'before' | 'after' = 'before',
  ) {}

  get wasKilled(): boolean {
    return this.isKilled;
  }

  /** Now. */
  end(): void {
    this.isKilled = true;
    this.kill();
  }

  async effect<T>(perform: () => Promise<T>): Promise<T> {
    this.calls += 1;
    const isLast = this.calls === this.killAtCall;
    if (this.isKilled || (isLast && this.phase === 'before')) return this.die();
    const result = await perform();
    return this.isKilled || isLast ? this.die() : result;
  }

  private die<T>(): Promise<T> {
    this.end();
    return new Promise(() => undefined);
  }
}

function mortalStore(store: StateStore, life: Life): StateStore {
  return {
    nowMs: store.nowMs,
    get: (key) => life.effect(() => store.get(key)),
    put: (key, body, condition) => life.effect(() => store.put(key, body, condition)),
    list: (prefix, options) => life.effect(() => store.list(prefix, options)),
    remove: (key, condition) => life.effect(() => store.remove(key, condition)),
  };
}
