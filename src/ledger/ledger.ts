import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/deliver';
import { FILE_START } from '../core/progress';
import type { CaptureFile } from '../core/types';
import { compareAndSet } from '../store/compare-and-set';
import { type StateStore, type Stored, StoreUnavailable } from '../store/state-store';
import { UnreadableState } from '../store/unreadable-state';
import { type Admission, admit, admitOther, admitSame, type Asked } from './admission';
import { Claim } from './claim';
import { type LedgerEntry, ledgerKey, NO_COUNTS, readEntry, writeEntry } from './entry';
import { CLAIM_PATIENCE_MS, patient } from './patience';

/** A file, and which bytes of it, as its notification told. */
export interface KnownFile extends Pick<Asked, 'content' | 'configHash'> {
  readonly sink: string;
  readonly file: CaptureFile;
  /** By the store's clock; null: now. */
  readonly firstSeenMs: number | null;
}

export interface ClaimRequest extends Asked, KnownFile {
  /** How long this run may take at most. */
  readonly leaseMs: number;
  /** The first bytes of this content. Asked only when another one seems to stand under the key. */
  readonly firstBytes: (byteLength: number) => Promise<FirstBytes>;
}

export type FirstBytes =
  /** CRC-32 of them, and whether the file has exactly so many. */
  | { readonly kind: 'read'; readonly crc: number; readonly isAll: boolean }
  /** Something else stands under the key by now. */
  | { readonly kind: 'superseded' }
  /** Fewer bytes, or nothing that can be read now. */
  | { readonly kind: 'unknown' };

export type ClaimAnswer =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'poison'; readonly claim: Claim }
  | { readonly kind: 'done' | 'stale' | 'suspect' }
  | { readonly kind: 'busy'; readonly waitMs: number }
  /** The store cannot be reached: without a lease nothing may be sent. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** The entry is damaged: until somebody puts it right or removes it, its file waits. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** States of a content that is delivered, or on its way. */
const HAS_SETTLED: ReadonlySet<LedgerEntry['state']> = new Set(['inFlight', 'done', 'quarantined']);

/** Another run was faster: some time, then look again. */
const RACE_WAIT_MS = 5_000;

/** Gives files to runs, one run at a time, and remembers how far each came. */
export class Ledger {
  private readonly owner = randomUUID();

  constructor(
    private readonly store: StateStore,
    private readonly model: string,
    private readonly clock: Clock,
  ) {}

  /** Never throws for what the store may do. */
  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    try {
      return await this.tryToClaim(request);
    } catch (error) {
      if (error instanceof StoreUnavailable) return { kind: 'unavailable', reason: error.message };
      if (error instanceof UnreadableState) return { kind: 'unreadable', reason: error.message };
      throw error;
    }
  }

  /**
   * A file that may not begin yet is in flight all the same, and not missing. Tried once: what is on record already
   * stays, and where the store cannot be reached the file's message still goes round, and the sweep looks for it.
   * False then.
   */
  async noteWaiting(known: KnownFile, { code, reason }: NonNullable<LedgerEntry['stop']>): Promise<boolean> {
    const entry: LedgerEntry = { ...this.newEntry(known), writeId: randomUUID(), stop: { code, reason } };
    try {
      await this.store.put(ledgerKey(this.model, known.sink, known.file), writeEntry(entry), 'absent');
      return true;
    } catch (error) {
      if (error instanceof StoreUnavailable) return false;
      throw error;
    }
  }

  private async tryToClaim(request: ClaimRequest): Promise<ClaimAnswer> {
    const key = ledgerKey(this.model, request.sink, request.file);
    const stored = await this.store.get(key);
    const admission = await this.admitted(stored, key, request);
    if (admission.kind === 'done') await this.noteContent(key, stored, admission.entry);
    if (admission.kind === 'done' || admission.kind === 'stale' || admission.kind === 'suspect')
      return { kind: admission.kind };
    if (admission.kind !== 'take' && admission.kind !== 'poison')
      return { kind: 'busy', waitMs: admission.kind === 'busy' ? admission.waitMs : RACE_WAIT_MS };
    const claim = await this.lease(key, stored, admission.entry, request.leaseMs);
    if (claim === null) return { kind: 'busy', waitMs: RACE_WAIT_MS };
    return { kind: admission.kind === 'take' ? 'claimed' : 'poison', claim };
  }

  private async admitted(stored: Stored | null, key: string, request: ClaimRequest): Promise<Admission> {
    if (stored === null) return { kind: 'take', entry: this.newEntry(request) };
    const entry = readEntry(stored.body, key);
    const admission = admit({ ...stored, entry }, request);
    if (admission.kind !== 'compare') return admission;
    const { crc, byteOffset } = entry.progress.seen;
    const found = byteOffset === 0 ? null : await request.firstBytes(byteOffset);
    // Its notification is older than what the ledger knows, or a newer one is on its way: what is settled stays settled.
    if (found?.kind === 'superseded' && HAS_SETTLED.has(entry.state)) return { kind: 'stale' };
    const mustBeAll = entry.state === 'done';
    const isSame = found?.kind === 'read' && found.crc === crc && (!mustBeAll || found.isAll);
    return isSame ? admitSame(entry, request) : admitOther(entry, request);
  }

  /** Null when another run was faster. */
  private async lease(key: string, stored: Stored | null, known: LedgerEntry, leaseMs: number): Promise<Claim | null> {
    const entry: LedgerEntry = {
      ...known,
      writeId: randomUUID(),
      attempts: known.attempts + 1,
      epoch: known.epoch + 1,
      lease: { owner: this.owner, durationMs: leaseMs },
    };
    const startedMs = this.clock.nowMs();
    const write = { body: writeEntry(entry), expected: stored?.tag ?? null };
    const written = await compareAndSet(this.store, key, write, patient(this.clock, CLAIM_PATIENCE_MS));
    if (written.kind === 'lost') return null;
    return new Claim(this.store, key, { entry, tag: written.tag }, this.clock, startedMs, leaseMs);
  }

  /** A finished file was copied over itself: on record, so that its next notification needs no reading. */
  private async noteContent(key: string, stored: Stored | null, entry: LedgerEntry): Promise<void> {
    const known = stored === null ? null : readEntry(stored.body, key);
    if (stored === null || known === null || JSON.stringify(known.content) === JSON.stringify(entry.content)) return;
    const body = writeEntry({ ...entry, writeId: randomUUID() });
    // Whoever was faster has noted something newer.
    await compareAndSet(this.store, key, { body, expected: stored.tag }, patient(this.clock, CLAIM_PATIENCE_MS));
  }

  private newEntry({ file, sink, content, configHash, firstSeenMs }: KnownFile): LedgerEntry {
    return {
      schema: 1,
      writeId: '',
      model: this.model,
      sink,
      bucket: file.bucket,
      key: file.key,
      content,
      state: 'inFlight',
      firstSeenMs: firstSeenMs ?? this.store.nowMs(),
      progress: FILE_START,
      counts: NO_COUNTS,
      attempts: 0,
      generation: 0,
      configHash,
      epoch: 0,
      lease: null,
      stop: null,
      batches: [],
      earlier: { files: { done: 0, gone: 0, superseded: 0, quarantined: 0 }, counts: NO_COUNTS },
    };
  }
}
