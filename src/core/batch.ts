import type { BatchTemplate } from './row-template';
import type { Inference, InferenceBatch } from './types';

/** Inferences to batches, closed by count and by the bytes of the request body they make. */
export interface BatchLimits {
  readonly maxBatchInferences: number;
  readonly maxBatchBytes: number;
}

export class Batcher {
  private inferences: Inference[] = [];
  private rows: string[] = [];
  private bodyBytes = 0;
  private readonly frameBytes: number;
  private readonly separatorBytes: number;

  constructor(
    private readonly limits: BatchLimits,
    template: BatchTemplate | null,
  ) {
    this.frameBytes = template === null ? 0 : Buffer.byteLength(template.open) + Buffer.byteLength(template.close);
    this.separatorBytes = template === null ? 0 : Buffer.byteLength(template.separator);
  }

  /** Bytes of a request body that holds only this row. */
  bodyBytesOf(row: string): number {
    return this.frameBytes + Buffer.byteLength(row);
  }

  /** Returns the batch this inference no longer fits into, or the one it filled. `row` is null for sinks that take values. */
  *add(inference: Inference, row: string | null): Generator<InferenceBatch> {
    const rowBytes = row === null ? 0 : Buffer.byteLength(row);
    const needed =
      this.inferences.length === 0 ? this.frameBytes + rowBytes : this.bodyBytes + this.separatorBytes + rowBytes;
    if (this.inferences.length > 0 && needed > this.limits.maxBatchBytes) yield* this.flush();
    this.bodyBytes = this.inferences.length === 0 ? this.frameBytes + rowBytes : needed;
    this.inferences.push(inference);
    if (row !== null) this.rows.push(row);
    if (this.inferences.length >= this.limits.maxBatchInferences) yield* this.flush();
  }

  *flush(): Generator<InferenceBatch> {
    if (this.inferences.length === 0) return;
    const batch: InferenceBatch = {
      inferences: this.inferences,
      rows: this.rows,
      bodyBytes: this.bodyBytes,
      attempt: 0,
    };
    this.inferences = [];
    this.rows = [];
    this.bodyBytes = 0;
    yield batch;
  }
}

/** The part of a batch at these positions, as a batch of its own (its size is then only an upper bound). */
export function subBatch(batch: InferenceBatch, indexes: readonly number[], attempt: number): InferenceBatch {
  const inferences = indexes.flatMap((at) => batch.inferences[at] ?? []);
  return { inferences, rows: indexes.flatMap((at) => batch.rows[at] ?? []), bodyBytes: batch.bodyBytes, attempt };
}

/** Two halves of a batch of at least two. */
export function halves(batch: InferenceBatch): [InferenceBatch, InferenceBatch] {
  const indexes = batch.inferences.map((_, at) => at);
  const middle = Math.ceil(indexes.length / 2);
  return [
    subBatch(batch, indexes.slice(0, middle), batch.attempt),
    subBatch(batch, indexes.slice(middle), batch.attempt),
  ];
}

/** The request body of a batch. */
export function bodyOf(batch: InferenceBatch, template: BatchTemplate): string {
  return `${template.open}${batch.rows.join(template.separator)}${template.close}`;
}
