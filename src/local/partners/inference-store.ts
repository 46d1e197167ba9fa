import { IdFingerprints } from './id-fingerprints';
import type { JsonObject } from './json';

/** What a stand-in received, in arrival order and with every repeat: neither partner is known to drop one. */
export interface StoredInference {
  /** `partner_inference_id`, or the value of the event-id column; made up by the partner where the model has no such column. */
  readonly id: string;
  /** The row as it came, read by `JSON.parse` (numbers are JavaScript numbers). */
  readonly row: JsonObject;
  readonly via: 'rows' | 'file' | 'data-capture';
  /** Number of the request that brought it, from 1. */
  readonly request: number;
  /** ISO 8601, by the stand-in's clock. */
  readonly receivedAt: string;
  /** Ground truth and updates that named this id later, in arrival order. */
  readonly updates: readonly JsonObject[];
}

export interface Tally {
  /** Inferences stored, repeats included, deletions not subtracted. */
  readonly rows: number;
  /** Null once there were more ids than can be told apart in bounded memory (about three million). */
  readonly distinctIds: number | null;
  /** `rows` minus `distinctIds`. */
  readonly repeats: number | null;
  /** Rows refused for what is in them (4xx); a row sent again is counted again. */
  readonly refused: number;
}

/** `rows` keeps every row; `counts` keeps numbers alone, so memory stays flat however many arrive. */
export type Keep = 'rows' | 'counts';

interface ModelRecord {
  kept: (StoredInference & { readonly updates: JsonObject[] })[];
  readonly byId: Map<string, (StoredInference & { readonly updates: JsonObject[] })[]>;
  readonly ids: IdFingerprints;
  rows: number;
  refused: number;
}

export class InferenceStore {
  readonly #models = new Map<string, ModelRecord>();
  #keep: Keep = 'rows';

  constructor(
    modelIds: readonly string[],
    private readonly now: () => Date,
  ) {
    for (const id of modelIds) {
      this.#models.set(id, { kept: [], byId: new Map(), ids: new IdFingerprints(), rows: 0, refused: 0 });
    }
  }

  get keep(): Keep {
    return this.#keep;
  }

  /** Changing to `counts` lets go of the rows kept so far; the tally goes on. */
  set keep(keep: Keep) {
    this.#keep = keep;
    if (keep === 'rows') return;
    for (const record of this.#models.values()) {
      record.kept = [];
      record.byId.clear();
    }
  }

  add(modelId: string, id: string, row: JsonObject, origin: Pick<StoredInference, 'via' | 'request'>): void {
    const record = this.#record(modelId);
    record.rows += 1;
    record.ids.add(id);
    if (this.#keep === 'counts') return;
    const stored = {
      id,
      row,
      via: origin.via,
      request: origin.request,
      receivedAt: this.now().toISOString(),
      updates: [],
    };
    record.kept.push(stored);
    const same = record.byId.get(id);
    if (same === undefined) record.byId.set(id, [stored]);
    else same.push(stored);
  }

  refuse(modelId: string, rows: number): void {
    this.#record(modelId).refused += rows;
  }

  /** Notes an update at every row of this id; false when no such row is kept. */
  update(modelId: string, id: string, update: JsonObject): boolean {
    const found = this.#record(modelId).byId.get(id) ?? [];
    for (const stored of found) stored.updates.push(update);
    return found.length > 0;
  }

  remove(modelId: string, ids: readonly string[]): void {
    const record = this.#record(modelId);
    const gone = new Set(ids);
    for (const id of gone) record.byId.delete(id);
    record.kept = record.kept.filter((stored) => !gone.has(stored.id));
  }

  find(modelId: string, id: string): readonly StoredInference[] {
    return this.#record(modelId).byId.get(id) ?? [];
  }

  /** Empty when only counts are kept. Throws for a model the stand-in does not have: a mistake of the test. */
  stored(modelId: string): StoredInference[] {
    return [...this.#record(modelId).kept];
  }

  tally(modelId: string): Tally {
    const { rows, ids, refused } = this.#record(modelId);
    return { rows, distinctIds: ids.distinct, repeats: ids.distinct === null ? null : rows - ids.distinct, refused };
  }

  #record(modelId: string): ModelRecord {
    const record = this.#models.get(modelId);
    if (record === undefined) throw new Error(`the stand-in has no model ${modelId}`);
    return record;
  }
}
