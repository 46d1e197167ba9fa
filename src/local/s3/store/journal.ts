/**
 * The sidecar that lets a restart find its objects again: one JSON line per change, appended as part of the change. A
 * whole-file sidecar would cost the square of the number of objects; a kill loses at most the line being written.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { NotificationConfiguration } from '../events/notification-configuration';
import type { Versioning } from './bucket';
import type { ObjectVersion } from './object-version';

export type JournalRecord =
  | { readonly kind: 'bucket'; readonly bucket: string; readonly createdAtMs: number }
  | { readonly kind: 'versioning'; readonly bucket: string; readonly versioning: Versioning }
  | { readonly kind: 'notification'; readonly bucket: string; readonly configuration: NotificationConfiguration }
  | { readonly kind: 'put'; readonly bucket: string; readonly key: string; readonly version: ObjectVersion }
  | { readonly kind: 'drop'; readonly bucket: string; readonly key: string; readonly versionId: string };

const FILE_NAME = 'index.jsonl';

export class Journal {
  private descriptor: number | null;

  private constructor(path: string) {
    this.descriptor = openSync(path, 'a');
  }

  /** The changes so far, oldest first. A torn last line is what a kill leaves; a bad line before it is damage and throws. */
  static read(directory: string): readonly JournalRecord[] {
    const path = join(directory, FILE_NAME);
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split('\n');
    // What follows the last LF never got its own: it is empty, or torn.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `append` below and by nothing else
    return lines.slice(0, -1).map((line) => JSON.parse(line) as JournalRecord);
  }

  /** Replaces the journal by the given records and goes on from there. */
  static start(directory: string, records: Iterable<JournalRecord>): Journal {
    const path = join(directory, FILE_NAME);
    const lines = Array.from(records, (record) => `${JSON.stringify(record)}\n`);
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
    return new Journal(path);
  }

  append(record: JournalRecord): void {
    // A number that was closed may already be another file's.
    if (this.descriptor === null) throw new Error('the store is closed');
    writeSync(this.descriptor, `${JSON.stringify(record)}\n`);
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }
}
