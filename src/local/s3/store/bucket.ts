/** A bucket in memory: its settings, and for each key the stack of its versions. */
import type { NotificationConfiguration } from '../events/notification-configuration';
import { NULL_VERSION_ID, type ObjectVersion } from './object-version';
import { positionOf } from './utf8-order';

/** `off` is the state before versioning was ever set; S3 cannot go back to it. */
export type Versioning = 'off' | 'Enabled' | 'Suspended';

export class Bucket {
  versioning: Versioning = 'off';
  notification: NotificationConfiguration = { rules: [], eventBridge: false };
  private readonly versions = new Map<string, ObjectVersion[]>();
  private readonly sortedKeys: string[] = [];

  constructor(
    readonly name: string,
    readonly createdAtMs: number,
  ) {}

  /** Every key that has a version, in UTF-8 order; keys with nothing but a delete marker included. */
  keys(): readonly string[] {
    return this.sortedKeys;
  }

  /** Newest first; empty for an unknown key. */
  versionsOf(key: string): readonly ObjectVersion[] {
    return this.versions.get(key) ?? [];
  }

  /** The newest version, delete markers included; null for an unknown key. */
  newest(key: string): ObjectVersion | null {
    return this.versions.get(key)?.[0] ?? null;
  }

  /** The newest version unless it is a delete marker: what a reader without version id sees. */
  current(key: string): ObjectVersion | null {
    const newest = this.newest(key);
    return newest === null || newest.deleteMarker ? null : newest;
  }

  find(key: string, versionId: string): ObjectVersion | null {
    return this.versionsOf(key).find((version) => version.versionId === versionId) ?? null;
  }

  /** Puts a version on top; a version of the same id (only `null` repeats) gives way and is returned. */
  push(key: string, version: ObjectVersion): ObjectVersion | null {
    const replaced = version.versionId === NULL_VERSION_ID ? this.drop(key, NULL_VERSION_ID) : null;
    const stack = this.versions.get(key);
    if (stack === undefined) {
      this.versions.set(key, [version]);
      this.sortedKeys.splice(positionOf(this.sortedKeys, key), 0, key);
    } else stack.unshift(version);
    return replaced;
  }

  /** Takes one version away and returns it; null when there is none of that id. */
  drop(key: string, versionId: string): ObjectVersion | null {
    const stack = this.versions.get(key) ?? [];
    const index = stack.findIndex((version) => version.versionId === versionId);
    if (index === -1) return null;
    const [dropped] = stack.splice(index, 1);
    if (stack.length === 0) {
      this.versions.delete(key);
      this.sortedKeys.splice(positionOf(this.sortedKeys, key), 1);
    }
    return dropped ?? null;
  }
}
