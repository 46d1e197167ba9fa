/** Faults on demand: what S3 and the network do rarely, done when a test asks for it. */
import { type Operation, permissionOf } from '../operations/operation';

export type FaultKind =
  /** Answers `status` (default 503) with `code` (default SlowDown); nothing is done. */
  | 'status'
  /** Resets the connection: at once, or after `afterBytes` of the request body (uploads) or of the answer's body. */
  | 'reset'
  /** Waits `delayMs` before anything is done, or after `afterBytes` of the answer's body. */
  | 'slow'
  /** Ends the connection in good order after `afterBytes` of the answer's body (default: half of it). */
  | 'truncate'
  /** The permission is missing: 403 AccessDenied. `operation` GetObject covers HeadObject, as IAM does. */
  | 'deny'
  /** 409 ConditionalRequestConflict, which S3 may answer to conditional writes that race. */
  | 'conflict'
  /** Everything is done, and the answer lost: the connection closes, or `status` is answered instead. */
  | 'lost-answer';

export interface Fault {
  readonly kind: FaultKind;
  readonly method?: string;
  /** For `deny` the IAM action (`ListBucket`, `GetObjectVersion`) does as well as the operation. */
  readonly operation?: Operation | (string & {});
  readonly bucket?: string;
  /** Tested against the decoded key; requests without a key never match it. */
  readonly key?: RegExp;
  /** How many requests it hits; without limit when absent. */
  readonly times?: number;
  readonly status?: number;
  readonly code?: string;
  readonly delayMs?: number;
  readonly afterBytes?: number;
}

/** What a fault is matched against. */
export interface FaultTarget {
  readonly method: string;
  readonly operation: Operation | null;
  readonly bucket: string | null;
  readonly key: string | null;
  /** The request names a version, which takes a permission of its own to read. */
  readonly namesVersion: boolean;
}

export interface S3Faults {
  /** Adds a fault; the oldest that matches a request hits it. Returns its remover. */
  add(fault: Fault): () => void;
  /** Removes all of them. */
  clear(): void;
}

interface ActiveFault {
  readonly fault: Fault;
  timesLeft: number;
}

export class FaultList implements S3Faults {
  private active: readonly ActiveFault[] = [];

  add(fault: Fault): () => void {
    const added: ActiveFault = { fault, timesLeft: fault.times ?? Number.POSITIVE_INFINITY };
    this.active = [...this.active, added];
    return () => {
      this.active = this.active.filter((one) => one !== added);
    };
  }

  clear(): void {
    this.active = [];
  }

  /** The fault that hits this request, counted down; null for none. */
  take(target: FaultTarget): Fault | null {
    const hit = this.active.find(({ fault, timesLeft }) => timesLeft > 0 && matches(fault, target));
    if (hit === undefined) return null;
    hit.timesLeft--;
    return hit.fault;
  }

  /** Whether an operation on a bucket as a whole is denied just now. Counts nothing down: S3 only looks. */
  denies(operation: Operation, bucket: string): boolean {
    const target: FaultTarget = { method: '', operation, bucket, key: null, namesVersion: false };
    return this.active.some(
      ({ fault, timesLeft }) =>
        timesLeft > 0 && fault.kind === 'deny' && fault.method === undefined && matches(fault, target),
    );
  }
}

function matches(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.method === undefined || fault.method.toUpperCase() === target.method) &&
    (fault.operation === undefined || matchesOperation(fault, target)) &&
    (fault.bucket === undefined || fault.bucket === target.bucket) &&
    // `search` ignores the state a /g expression keeps between calls of `test`.
    (fault.key === undefined || (target.key !== null && target.key.search(fault.key) !== -1))
  );
}

function matchesOperation(fault: Fault, { operation, namesVersion }: FaultTarget): boolean {
  if (operation === null) return false;
  const permission = permissionOf(operation) + (namesVersion ? 'Version' : '');
  return fault.operation === operation || (fault.kind === 'deny' && fault.operation === permission);
}
