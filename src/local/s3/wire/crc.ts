/**
 * The cyclic checksums S3 takes and Node does not have: CRC32C and CRC64NVME, both reflected, table driven.
 * (CRC32 comes from `zlib.crc32`.) The AWS CLI sends CRC64NVME unless told otherwise.
 */

/** Castagnoli polynomial, reflected. Source: RFC 3720 appendix B.4. */
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** Rocksoft polynomial of the NVM Express specification, reflected, as two 32-bit halves: BigInt would be 50 times slower. */
const CRC64NVME_HIGH = 0x9a6c9329;
const CRC64NVME_LOW = 0xac4bc9b5;

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? CRC32C_POLYNOMIAL : 0);
  return value >>> 0;
});

/** Continues a CRC32C over more bytes; start with 0. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (crc32cTable[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}

const crc64High = new Uint32Array(256);
const crc64Low = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const odd = (low & 1) === 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high >>>= 1;
    if (odd) {
      high = (high ^ CRC64NVME_HIGH) >>> 0;
      low = (low ^ CRC64NVME_LOW) >>> 0;
    }
  }
  crc64High[byte] = high;
  crc64Low[byte] = low;
}

/** Continues a CRC64NVME over more bytes, as its two 32-bit halves; start with `[0, 0]`. */
export function crc64nvme(
  bytes: Uint8Array,
  previous: readonly [high: number, low: number] = [0, 0],
): [number, number] {
  let high = ~previous[0];
  let low = ~previous[1];
  for (let i = 0; i < bytes.length; i++) {
    const index = (low ^ (bytes[i] ?? 0)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] ?? 0);
    high = (high >>> 8) ^ (crc64High[index] ?? 0);
  }
  return [~high >>> 0, ~low >>> 0];
}
