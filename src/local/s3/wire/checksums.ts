/** S3's object checksums: which one a request declares, where (header or trailer), and computing it while bytes pass. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc';

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64 of the big-endian digest; with `-N` behind it for a composite one. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** A digest that grows with the bytes it is shown. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** What a request says its checksum is; `value` is null while it is still to come in the trailer. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string | null;
}

/** The header (and trailer) name of an algorithm, in lower case. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm of that name in any case, or null. */
export function checksumAlgorithm(name: string | undefined): ChecksumAlgorithm | null {
  return ALGORITHMS.find((algorithm) => algorithm === name?.toUpperCase()) ?? null;
}

/** The checksum declared by header, else the one announced for the trailer, else null. */
export function declaredChecksum(headers: ReadonlyMap<string, string>): DeclaredChecksum | null {
  for (const algorithm of ALGORITHMS) {
    const value = headers.get(checksumHeader(algorithm));
    if (value !== undefined) return { algorithm, value };
  }
  const announced = (headers.get('x-amz-trailer') ?? '').toLowerCase().split(',');
  const trailing = ALGORITHMS.find((algorithm) => announced.some((name) => name.trim() === checksumHeader(algorithm)));
  return trailing === undefined ? null : { algorithm: trailing, value: null };
}

const DIGESTS: Readonly<Record<ChecksumAlgorithm | 'MD5', () => RunningDigest>> = {
  CRC32: () => runningCrc((bytes, previous) => crc32(bytes, previous)),
  CRC32C: () => runningCrc(crc32c),
  CRC64NVME: () => runningCrc64(),
  MD5: () => createHash('md5'),
  SHA1: () => createHash('sha1'),
  SHA256: () => createHash('sha256'),
};

/** Starts a digest of the given kind. */
export function startDigest(algorithm: ChecksumAlgorithm | 'MD5'): RunningDigest {
  return DIGESTS[algorithm]();
}

function runningCrc(step: (bytes: Uint8Array, previous: number) => number): RunningDigest {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = step(bytes, crc);
    },
    digest: () => {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(crc);
      return out;
    },
  };
}

function runningCrc64(): RunningDigest {
  let crc: readonly [number, number] = [0, 0];
  return {
    update: (bytes) => {
      crc = crc64nvme(bytes, crc);
    },
    digest: () => {
      const out = Buffer.alloc(8);
      out.writeUInt32BE(crc[0], 0);
      out.writeUInt32BE(crc[1], 4);
      return out;
    },
  };
}

/** The checksum of checksums S3 gives a multipart object. Source: S3 User Guide, "Checking object integrity", composite. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Checksum {
  const digest = startDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return { algorithm, value: `${digest.digest().toString('base64')}-${parts.length}`, type: 'COMPOSITE' };
}
