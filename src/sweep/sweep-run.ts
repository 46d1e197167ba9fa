import type { ListedHours } from './capture-listing';
import {
  closedBefore,
  type KnownCursor,
  mayClose,
  openHours,
  type OpenHour,
  type SweepCursor,
  writeCursor,
} from './cursor';
import { Requeuer } from './requeue';
import { sweepHour } from './sweep-hour';
import { sweepMetricLine } from './sweep-metrics';
import { SWEEP_LIMITS, SWEEP_LINES, type SweepLimits, type SweepOptions, type SweepResult } from './sweep-options';

/** One run: hour after hour from where the last one ended, until all were looked at or a limit is met. */
export class SweepRun {
  private readonly limits: SweepLimits;
  private readonly requeuer: Requeuer;
  private readonly looked = new Set<string>();
  private readonly hours = new Map<string, Readonly<Record<string, OpenHour>>>();
  private toDo: readonly string[] = [];
  private next: string | null;
  private cut: SweepCursor['cut'];
  private keys = 0;

  constructor(
    private readonly options: SweepOptions,
    /** Sink → the hour it started. */
    private readonly starts: ReadonlyMap<string, string>,
    private readonly known: KnownCursor,
    /** False while a sink is left out, because its start cannot be read: its hours are looked at once it can. */
    private readonly mayCloseHours: boolean,
  ) {
    const { cursor } = known;
    this.limits = { ...SWEEP_LIMITS, ...options.limits };
    this.requeuer = new Requeuer(options.send, options.isLate, () => options.store.nowMs(), this.limits.maxMessages);
    for (const [hour, sinks] of Object.entries(cursor.hours)) this.hours.set(hour, sinks);
    this.next = cursor.next;
    this.cut = cursor.cut;
  }

  async lookAtAll(): Promise<void> {
    const { store, listing, log } = this.options;
    this.toDo = openHours(this.known.cursor, this.sinceHour, store.nowMs());
    const listed = await listing.survey(this.toDo);
    for (const [at, hour] of this.toDo.entries()) {
      this.next = hour;
      if (this.isEnough()) return;
      const end = await this.lookAt(hour, listed);
      if (end === 'late' && at === 0) {
        // It would be so in every run, and no other hour would have its turn.
        log('error', SWEEP_LINES.tooLarge, { hour });
        this.next = this.toDo[1] ?? null;
      }
      if (end !== 'looked') return;
    }
    this.next = null;
  }

  /** Where the next run goes on, and what became of the hours. Throws StoreUnavailable. */
  async save(): Promise<void> {
    const { store, model } = this.options;
    const { cursor, tag } = this.known;
    const hours = Object.fromEntries(this.hours);
    const from = cursor.closedBefore ?? this.sinceHour;
    const border = this.mayCloseHours ? closedBefore(from, this.looked, hours, store.nowMs()) : cursor.closedBefore;
    await writeCursor(store, model, { schema: 1, closedBefore: border, next: this.next, cut: this.cut, hours }, tag);
  }

  report(): void {
    const { model, store, emit, log } = this.options;
    const nowMs = store.nowMs();
    for (const sink of this.starts.keys()) {
      const hours = [...this.hours.values()].flatMap((sinks) => sinks[sink] ?? []);
      const requeued = this.requeuer.sent.get(sink) ?? 0;
      emit(sweepMetricLine({ model, sink, hours, requeued, looked: this.looked.size, nowMs }));
    }
    for (const [sink, reason] of this.requeuer.failures)
      log('error', SWEEP_LINES.queue, { sink, code: 'HAND_OVER_FAILED', reason });
    const { hours, hoursLeft, requeued } = this.result();
    log('info', SWEEP_LINES.done, { model, hours, hoursLeft, requeued, keys: this.keys });
  }

  result(): SweepResult {
    const [failure] = this.requeuer.failures;
    return {
      hours: this.looked.size,
      hoursLeft: this.toDo.length - this.looked.size,
      requeued: [...this.requeuer.sent.values()].reduce((sum, sent) => sum + sent, 0),
      stop:
        failure === undefined
          ? null
          : { code: 'HAND_OVER_FAILED', reason: `the queue of sink ${failure[0]} takes no messages: ${failure[1]}` },
    };
  }

  private async lookAt(hour: string, listed: ListedHours): Promise<'looked' | 'cut' | 'late'> {
    const { options, starts, requeuer } = this;
    const cut = this.cut?.hour === hour ? this.cut : null;
    const before = this.hours.get(hour) ?? {};
    const end = await sweepHour({ options, hour, listed, starts, before, cut, requeuer });
    if (end.kind === 'late') return 'late';
    this.keys += end.keys;
    this.cut = end.kind === 'cut' ? end.cut : null;
    this.hours.set(hour, end.sinks);
    if (end.kind === 'cut') return 'cut';
    this.looked.add(hour);
    const isComplete = Object.values(end.sinks).every(({ complete }) => complete);
    if (this.mayCloseHours && isComplete && mayClose(hour, options.store.nowMs())) this.hours.delete(hour);
    return 'looked';
  }

  private isEnough(): boolean {
    if (this.options.isLate()) return true;
    return this.looked.size > 0 && (this.keys >= this.limits.maxKeys || this.requeuer.isSpent);
  }

  private get sinceHour(): string {
    return [...this.starts.values()].sort()[0] ?? '';
  }
}
