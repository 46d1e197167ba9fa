import { createHash } from 'node:crypto';

/**
 * Counts distinct ids in bounded memory: 53 bits of a hash for each, in one table of numbers.
 * Two of three million ids share a fingerprint with a chance of 1 in 2,000; keeping the ids themselves takes ten times the room.
 */
export class IdFingerprints {
  #table = new Float64Array(1 << 10);
  #distinct = 0;
  #full = false;

  /** `maxSlots`: a power of two; three quarters of it can be told apart. Default 4,194,304, that is 32 MiB. */
  constructor(readonly maxSlots = 1 << 22) {}

  /** Distinct ids seen, or null once there were more than the table can tell apart. */
  get distinct(): number | null {
    return this.#full ? null : this.#distinct;
  }

  add(id: string): void {
    if (this.#full) return;
    if (insert(this.#table, fingerprint(id))) this.#distinct += 1;
    if (this.#distinct > this.#table.length * 0.75) this.#grow();
  }

  #grow(): void {
    if (this.#table.length * 2 > this.maxSlots) {
      this.#full = true;
      this.#table = new Float64Array(0);
      return;
    }
    const larger = new Float64Array(this.#table.length * 2);
    for (const print of this.#table) if (print !== 0) insert(larger, print);
    this.#table = larger;
  }
}

/** Linear probing; true when the fingerprint was new. The table is never full, so the loop ends. */
function insert(table: Float64Array, print: number): boolean {
  const mask = table.length - 1;
  let slot = print % table.length;
  for (let held = table[slot]; held !== 0; held = table[slot]) {
    if (held === print) return false;
    slot = (slot + 1) & mask;
  }
  table[slot] = print;
  return true;
}

function fingerprint(id: string): number {
  const hash = createHash('sha1').update(id).digest();
  const print = (hash.readUInt32BE(0) & 0x1fffff) * 4_294_967_296 + hash.readUInt32BE(4);
  return print === 0 ? 1 : print; // 0 marks a free slot
}
