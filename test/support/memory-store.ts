import { createHash } from 'node:crypto';
import { checkStateKey } from '../../src/store/state-key';
import {
  type ListOptions,
  type StatePage,
  type StateStore,
  type Stored,
  StoreUnavailable,
  type WriteCondition,
  type Written,
} from '../../src/store/state-store';

type Operation = 'get' | 'put' | 'list' | 'remove';

/** What goes wrong, counted down by the calls it befalls. Shared by all views of one store. */
export interface StoreFaults {
  /** Fail without any effect, as a throttled or unreachable store does. */
  failNext: number;
  /** Writes that land, and whose answer never comes. */
  loseNextAnswers: number;
  /** Writes answered 409: nothing landed. */
  conflictNext: number;
  /** Every call fails until it is false again. */
  isDown: boolean;
}

export interface MemoryStoreOptions {
  /** The store's own clock. */
  readonly nowMs: () => number;
  /** Called before and after each operation takes effect: with sleeps in it, operations race. */
  readonly travel?: (operation: Operation) => Promise<void>;
}

interface Kept {
  readonly body: string;
  readonly modifiedMs: number;
}

/** The state store's contract in memory: strict about keys and conditions as S3 is, whole seconds included. */
export class MemoryStore implements StateStore {
  readonly faults: StoreFaults = { failNext: 0, loseNextAnswers: 0, conflictNext: 0, isDown: false };
  readonly calls: Record<Operation, number> = { get: 0, put: 0, list: 0, remove: 0 };
  private readonly objects: Map<string, Kept> = new Map();

  constructor(private readonly options: MemoryStoreOptions) {}

  readonly nowMs = (): number => this.options.nowMs();

  /**
   * The same objects as another machine sees them: by its own wrong clock until the store's first answer, and by the
   * store's clock with an error of `skewMs` from then on (S3 tells whole seconds).
   */
  seenFrom({ machineMs, skewMs = 0 }: { machineMs: () => number; skewMs?: number }): StateStore {
    let hasAnswered = false;
    const heard = async <T>(answer: Promise<T>): Promise<T> => {
      const value = await answer;
      hasAnswered = true;
      return value;
    };
    return {
      get: (key) => heard(this.get(key)),
      put: (key, body, condition) => heard(this.put(key, body, condition)),
      list: (prefix, options) => heard(this.list(prefix, options)),
      remove: (key, condition) => heard(this.remove(key, condition)),
      nowMs: () => (hasAnswered ? this.nowMs() + skewMs : machineMs()),
    };
  }

  readonly get = (key: string): Promise<Stored | null> =>
    this.call('get', () => {
      const kept = this.objects.get(checked(key));
      return kept === undefined
        ? null
        : { body: kept.body, tag: tagOf(kept), modifiedMs: kept.modifiedMs, answeredMs: wholeSeconds(this.nowMs()) };
    });

  readonly put = (key: string, body: string, condition: WriteCondition): Promise<Written> =>
    this.call('put', () => {
      if (this.counted('conflictNext')) return { kind: 'conflict' };
      const kept = this.objects.get(checked(key));
      if (typeof condition === 'object' && kept === undefined) return { kind: 'gone' };
      if (typeof condition === 'object' && kept !== undefined && tagOf(kept) !== condition.tag)
        return { kind: 'conflict' };
      if (condition === 'absent' && kept !== undefined) return { kind: 'conflict' };
      for (const other of this.objects.keys())
        if (other.startsWith(`${key}/`) || key.startsWith(`${other}/`)) throw new Error(`${key} and ${other} overlap`);
      const written = { body, modifiedMs: wholeSeconds(this.nowMs()) };
      this.objects.set(key, written);
      return { kind: 'written', tag: tagOf(written) };
    });

  readonly list = (prefix: string, { after = null, max = 1_000 }: ListOptions = {}): Promise<StatePage> =>
    this.call('list', () => {
      const keys = [...this.objects.keys()]
        .filter((key) => key.startsWith(prefix) && (after === null || bytewise(key, after) > 0))
        .sort(bytewise);
      const entries = keys.slice(0, max).map((key) => ({ key, modifiedMs: this.objects.get(key)?.modifiedMs ?? 0 }));
      return { entries, hasMore: keys.length > max };
    });

  readonly remove = (key: string, condition?: { readonly tag: string }): Promise<'removed' | 'changed'> =>
    this.call('remove', () => {
      const kept = this.objects.get(checked(key));
      if (kept !== undefined && condition !== undefined && tagOf(kept) !== condition.tag) return 'changed';
      this.objects.delete(key);
      return 'removed';
    });

  private async call<T>(operation: Operation, effect: () => T): Promise<T> {
    this.calls[operation] += 1;
    await this.options.travel?.(operation);
    if (this.faults.isDown || this.counted('failNext')) throw new StoreUnavailable('503 Slow Down');
    const answer = effect();
    const isLost = (operation === 'put' || operation === 'remove') && this.counted('loseNextAnswers');
    await this.options.travel?.(operation);
    if (isLost) throw new StoreUnavailable('no answer in time');
    return answer;
  }

  private counted(fault: 'failNext' | 'loseNextAnswers' | 'conflictNext'): boolean {
    if (this.faults[fault] === 0) return false;
    this.faults[fault] -= 1;
    return true;
  }
}

/** Of the content, as S3's: who writes the same body twice cannot tell the two apart. */
const tagOf = ({ body }: Kept): string => `"${createHash('md5').update(body).digest('hex')}"`;

const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function checked(key: string): string {
  checkStateKey(key);
  return key;
}
