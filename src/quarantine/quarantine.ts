import type { CaptureFile, Rejection } from '../core/types';
import { type Content, fileHash, ledgerHour } from '../ledger/entry';
import type { StateStore } from '../store/state-store';

export interface QuarantineOptions {
  readonly store: StateStore;
  readonly model: string;
  readonly sink: string;
  readonly file: CaptureFile;
  readonly content: Content;
  readonly contentOrdinal: number;
  readonly generation: number;
  readonly decoderVersion: string;
  readonly readRange: (byteOffset: number, byteLength: number) => Promise<Buffer | null>;
  readonly maxOriginalBytes: number;
  readonly isCounted: (line: number, row: number | null) => boolean;
}

export class Quarantine {
  private added: Rejection[] = [];
  constructor(private readonly options: QuarantineOptions) {}

  add(rejection: Rejection, _original: Buffer | null): void {
    this.added.push(rejection);
  }

  async flush(): Promise<void> {
    const { store, model, sink, file, contentOrdinal } = this.options;
    for (const rejection of this.added.splice(0)) {
      const { place, row, code, reason } = rejection;
      const key = `quarantine/v1/${model}/${sink}/${ledgerHour(file.key)}/${fileHash(file)}/${contentOrdinal}-${place.line}-${row ?? 0}.ndjson`;
      await store.put(key, JSON.stringify({ line: place.line, row, code, reason }), 'any');
    }
  }
}
