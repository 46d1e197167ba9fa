import { type ModelConfig, parseModelConfig } from '../../src/config/model-config';
import type { Clock } from '../../src/core/deliver';
import { RETRY_POLICY } from '../../src/core/deliver';
import type { PassThrough } from '../../src/core/pass-through';
import type { DeliveryResult, InferenceBatch } from '../../src/core/types';
import type { LedgerEntry } from '../../src/ledger/entry';
import { type Redrive, startRedrive } from '../../src/replay/redrive';
import type { SinkRedrive } from '../../src/replay/sink-redrive';
import type { OpenSink } from '../../src/sinks/sink';
import type { StateStore } from '../../src/store/state-store';
import { RelayWorld, type WorldOptions } from '../support/relay-world';
import { rows } from './refused-file';

type Answer = (batch: InferenceBatch) => DeliveryResult | Promise<DeliveryResult>;

/** Live traffic that leaves something in quarantine, and then redrives of it, in virtual time. */
export class RedriveWorld {
  readonly live: RelayWorld;
  /** `line:row id` of everything the partner stored in redrives, in order. */
  readonly stored: string[] = [];
  readonly requests: number[] = [];
  answer: Answer = () => ({ kind: 'delivered' });
  passThrough: PassThrough | null = null;
  /** Of the configuration in redrives. */
  model: Readonly<Record<string, unknown>> = {};

  constructor(private readonly options: WorldOptions = {}) {
    this.live = new RelayWorld({ batchInferences: 2, ...options });
  }

  /** A file through live traffic, where the partner refuses these rows (`line:row`); its key. */
  async deliver(text: string, refused: readonly string[] = [], name = 'a'): Promise<string> {
    const { live } = this;
    live.answer = ({ inferences }) => {
      const rejected = inferences.flatMap(({ place, index }, at) =>
        refused.includes(`${place.line}:${index}`)
          ? [{ index: at, code: 'PARTNER_REFUSED_ROW', reason: 'the model has no such column' }]
          : [],
      );
      return rejected.length === 0 ? { kind: 'delivered' } : { kind: 'partial', rejected, retry: [], reason: 'some' };
    };
    const key = live.put(name, text);
    await live.run();
    return key;
  }

  /** The same state, and nothing else. */
  async copy(): Promise<RedriveWorld> {
    const copy = new RedriveWorld(this.options);
    const { entries } = await this.live.store.list('');
    for (const { key } of entries) {
      const stored = await this.live.store.get(key);
      await copy.live.store.put(key, stored?.body ?? '', 'absent');
    }
    return copy;
  }

  /** One redrive, by a process of its own that sees the store like this. */
  async redrive(change: Partial<Redrive> = {}, see: (store: StateStore) => StateStore = (store) => store) {
    const config = this.config();
    const { cut, asked } = { cut: new AbortController().signal, asked: new AbortController().signal };
    const { nowMs, sleep, random } = this.live.clock;
    const clock: Clock = { nowMs, sleep, random, deadlineMs: Number.POSITIVE_INFINITY };
    const { progress, ended } = startRedrive({
      store: see(this.live.store),
      config,
      sinks: config.sinks,
      open: () => Promise.resolve(this.partner()),
      codes: null,
      hours: null,
      isDryRun: false,
      readOriginal: () => Promise.resolve(null),
      stop: { isAsked: false, asked, cut, clock: () => clock },
      version: '2.0.0',
      retry: RETRY_POLICY,
      onFile: () => undefined,
      ...change,
    });
    await this.live.clock.run(() => ended);
    return progress[0] as SinkRedrive;
  }

  entry(key: string): Promise<LedgerEntry> {
    return this.live.entry(key);
  }

  /** Everything that stands in quarantine, `line:row`. */
  quarantined(): Promise<string[]> {
    return rows(this.live.store);
  }

  config(): ModelConfig {
    const { batchInferences = 2, maxInFlight = 1 } = this.options;
    const config = parseModelConfig({ model: 'm', sinks: [{ type: 'file', path: 'x' }], ...this.model });
    const sinks = config.sinks.map((sink) => ({
      ...sink,
      limits: { ...sink.limits, maxBatchInferences: batchInferences, maxInFlight },
    }));
    return { ...config, sinks };
  }

  private partner(): OpenSink {
    return {
      template: null,
      columns: null,
      needsTime: 'no',
      close: () => Promise.resolve(),
      deliver: (batch) => this.received(batch),
      ...(this.passThrough === null ? {} : { passThrough: this.passThrough }),
    };
  }

  private async received(batch: InferenceBatch): Promise<DeliveryResult> {
    this.requests.push(batch.inferences.length);
    const result = await this.answer(batch);
    const refused = result.kind === 'partial' ? result.rejected.map(({ index }) => index) : [];
    if (result.kind === 'delivered' || result.kind === 'accepted' || result.kind === 'partial')
      batch.inferences.forEach(({ place, index, partnerInferenceId }, at) => {
        if (!refused.includes(at)) this.stored.push(`${place.line}:${index} ${partnerInferenceId}`);
      });
    return result;
  }
}

/** What the ledger must say of a finished file: the equation, in both its units. */
export function expectClosed({ counts, earlier }: LedgerEntry): void {
  for (const sums of [counts, earlier.counts]) {
    expect(sums.delivered + sums.quarantined + sums.skipped + sums.purged).toBe(sums.captured);
    expect(sums.events + sums.rejectedLines + sums.skippedLines).toBe(sums.lines);
    expect(Math.min(...Object.values(sums))).toBeGreaterThanOrEqual(0);
  }
}
