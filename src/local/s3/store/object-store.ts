/**
 * Buckets and objects: memory for metadata, one file per body, one journal. Every change is one synchronous step
 * (condition, journal, memory), so no two requests can both see a condition hold.
 */
import { randomBytes } from 'node:crypto';
import type { NotificationConfiguration } from '../events/notification-configuration';
import type { Refusal } from '../wire/refusal';
import { BodyFiles } from './body-files';
import { Bucket, type Versioning } from './bucket';
import { Journal, type JournalRecord } from './journal';
import { NULL_VERSION_ID, type ObjectVersion, type VersionDraft } from './object-version';
import { checkWrite, type WriteCondition } from './write-condition';

export interface Stored {
  readonly kind: 'stored';
  readonly version: ObjectVersion;
}

export interface Removed {
  readonly kind: 'removed';
  /** The version that is gone for good; null when there was none, or only a marker was added. */
  readonly removed: ObjectVersion | null;
  /** The delete marker this made; null when it made none. */
  readonly marker: ObjectVersion | null;
  readonly sequencer: string;
}

export class ObjectStore {
  readonly bodies: BodyFiles;
  private readonly buckets = new Map<string, Bucket>();
  private readonly journal: Journal;
  private lastSequencer = 0n;

  /** Opens the store in `directory`, with whatever an earlier one left there. One store per directory at a time. */
  constructor(
    directory: string,
    private readonly now: () => Date,
  ) {
    this.bodies = new BodyFiles(directory);
    for (const record of Journal.read(directory)) this.apply(record);
    this.journal = Journal.start(directory, snapshot(this.buckets.values()));
    const versions = this.allVersions();
    this.bodies.removeAllBut(new Set(versions.map((version) => version.bodyId).filter((id) => id !== null)));
    for (const { sequencer } of versions) this.lastSequencer = max(this.lastSequencer, BigInt(`0x${sequencer}`));
  }

  bucket(name: string): Bucket | null {
    return this.buckets.get(name) ?? null;
  }

  /** In the order of their names. */
  listBuckets(): readonly Bucket[] {
    return [...this.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  createBucket(name: string): void {
    this.commit({ kind: 'bucket', bucket: name, createdAtMs: this.now().getTime() });
  }

  setVersioning(bucket: Bucket, versioning: Versioning): void {
    this.commit({ kind: 'versioning', bucket: bucket.name, versioning });
  }

  setNotification(bucket: Bucket, configuration: NotificationConfiguration): void {
    this.commit({ kind: 'notification', bucket: bucket.name, configuration });
  }

  /** Stores a received body as the newest version, if the condition holds now. On refusal the body stays the caller's. */
  put(bucket: Bucket, key: string, draft: VersionDraft, condition: WriteCondition): Stored | Refusal {
    const refusal = checkWrite(condition, bucket.current(key));
    if (refusal !== null) return refusal;
    const version: ObjectVersion = { ...draft, deleteMarker: false, ...this.stamp(bucket) };
    this.commit({ kind: 'put', bucket: bucket.name, key, version });
    return { kind: 'stored', version };
  }

  /** Deletes one version, or, without an id, what a plain delete does: a marker where versioning was ever on. */
  remove(bucket: Bucket, key: string, versionId: string | null, condition: WriteCondition): Removed | Refusal {
    const refusal = checkWrite(condition, bucket.current(key));
    if (refusal !== null) return refusal;
    const stamp = this.stamp(bucket);
    if (versionId === null && bucket.versioning !== 'off') {
      const marker: ObjectVersion = { ...EMPTY_MARKER, ...stamp };
      this.commit({ kind: 'put', bucket: bucket.name, key, version: marker });
      return { kind: 'removed', removed: null, marker, sequencer: stamp.sequencer };
    }
    const removed = bucket.find(key, versionId ?? NULL_VERSION_ID);
    if (removed !== null) this.commit({ kind: 'drop', bucket: bucket.name, key, versionId: removed.versionId });
    return { kind: 'removed', removed, marker: null, sequencer: stamp.sequencer };
  }

  close(): void {
    this.journal.close();
  }

  private commit(record: JournalRecord): void {
    this.journal.append(record);
    const gone = this.apply(record);
    if (gone?.bodyId != null) this.bodies.remove(gone.bodyId);
  }

  /** The one place where a change becomes memory, for requests and for a restart alike. Returns the version it ended. */
  private apply(record: JournalRecord): ObjectVersion | null {
    const bucket = this.buckets.get(record.bucket) ?? null;
    if (record.kind === 'bucket') {
      this.buckets.set(record.bucket, new Bucket(record.bucket, record.createdAtMs));
      return null;
    }
    if (bucket === null) throw new Error(`the journal names a bucket it never made: ${record.bucket}`);
    if (record.kind === 'put') return bucket.push(record.key, record.version);
    if (record.kind === 'drop') return bucket.drop(record.key, record.versionId);
    if (record.kind === 'versioning') bucket.versioning = record.versioning;
    else bucket.notification = record.configuration;
    return null;
  }

  private stamp(bucket: Bucket): Pick<ObjectVersion, 'versionId' | 'lastModifiedMs' | 'sequencer'> {
    const nowMs = this.now().getTime();
    // Time in the upper digits keeps sequencers growing over a restart, also when the last object was deleted.
    this.lastSequencer = max(this.lastSequencer + 1n, BigInt(nowMs) << 20n);
    return {
      versionId: bucket.versioning === 'Enabled' ? newVersionId() : NULL_VERSION_ID,
      lastModifiedMs: nowMs,
      sequencer: this.lastSequencer.toString(16).toUpperCase().padStart(18, '0'),
    };
  }

  private allVersions(): readonly ObjectVersion[] {
    return this.listBuckets().flatMap((bucket) => bucket.keys().flatMap((key) => bucket.versionsOf(key)));
  }
}

const EMPTY_MARKER = {
  deleteMarker: true,
  sizeBytes: 0,
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  md5Hex: 'd41d8cd98f00b204e9800998ecf8427e',
  bodyId: null,
  headers: {},
  checksum: null,
} as const;

/** 32 characters, as S3's ids have; letters and digits of base64url, which need no encoding in a URL. */
function newVersionId(): string {
  return randomBytes(24).toString('base64url');
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The shortest journal that leads to the same buckets. */
function* snapshot(buckets: Iterable<Bucket>): Generator<JournalRecord> {
  for (const bucket of buckets) {
    yield { kind: 'bucket', bucket: bucket.name, createdAtMs: bucket.createdAtMs };
    yield { kind: 'versioning', bucket: bucket.name, versioning: bucket.versioning };
    yield { kind: 'notification', bucket: bucket.name, configuration: bucket.notification };
    for (const key of bucket.keys()) {
      for (const version of bucket.versionsOf(key).toReversed())
        yield { kind: 'put', bucket: bucket.name, key, version };
    }
  }
}
