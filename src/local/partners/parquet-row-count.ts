/** How many rows a Parquet file holds, from its footer alone: enough for a stand-in to count what it was sent. */
const MAGIC = 'PAR1';

/** Null when the bytes are not Parquet or the footer cannot be read. Source: the Parquet format's FileMetaData (Thrift compact). */
export function parquetRowCount(bytes: Buffer): number | null {
  if (
    bytes.length < 12 ||
    bytes.toString('latin1', 0, 4) !== MAGIC ||
    bytes.toString('latin1', bytes.length - 4) !== MAGIC
  )
    return null;
  const footerBytes = bytes.readUInt32LE(bytes.length - 8);
  if (footerBytes > bytes.length - 12) return null;
  try {
    return new CompactReader(bytes.subarray(bytes.length - 8 - footerBytes, bytes.length - 8)).integerField(3);
  } catch (error) {
    if (error instanceof RangeError) return null; // the footer ends too early
    throw error;
  }
}

// Thrift compact types: 1 and 2 booleans held in the header, 3 byte, 4-6 zigzag integers, 7 double, 8 binary,
// 9 list, 10 set, 12 struct. Maps (11) do not occur in a Parquet footer.
class CompactReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** The value of an integer field of the outermost struct, null when absent. */
  integerField(wanted: number): number | null {
    let field = 0;
    for (;;) {
      const header = this.#byte();
      if (header === 0) return null;
      const delta = header >> 4;
      field = delta === 0 ? this.#zigzag() : field + delta;
      const type = header & 0x0f;
      if (field === wanted && type >= 4 && type <= 6) return this.#zigzag();
      this.#skip(type);
    }
  }

  #skip(type: number): void {
    if (type === 3) this.#at += 1;
    else if (type >= 4 && type <= 6) this.#varint();
    else if (type === 7) this.#at += 8;
    else if (type === 8) this.#skipBytes();
    else if (type === 9 || type === 10) this.#skipList();
    else if (type === 12) this.#skipStruct();
    else if (type !== 1 && type !== 2) throw new RangeError(`Thrift type ${type}`);
  }

  // Not `#at += #varint()`: that reads `#at` before the length moves it on.
  #skipBytes(): void {
    const length = this.#varint();
    this.#at += length;
  }

  #skipStruct(): void {
    for (let header = this.#byte(); header !== 0; header = this.#byte()) {
      if (header >> 4 === 0) this.#varint();
      this.#skip(header & 0x0f);
    }
  }

  #skipList(): void {
    const header = this.#byte();
    const size = header >> 4 === 15 ? this.#varint() : header >> 4;
    const type = header & 0x0f;
    // Unlike in a struct, a boolean in a list takes a byte.
    for (let item = 0; item < size; item += 1) this.#skip(type === 1 || type === 2 ? 3 : type);
  }

  #byte(): number {
    return this.bytes.readUInt8(this.#at++);
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 128) return value;
    }
  }

  #zigzag(): number {
    const raw = this.#varint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }
}
