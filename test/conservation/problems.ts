/** What an oracle found wrong: the first few of each kind in full, the others as a number. */
const SHOWN = 4;

export class Problems {
  private readonly byKind = new Map<string, { shown: string[]; more: number }>();

  add(kind: string, place: string): void {
    const found = this.byKind.get(kind) ?? { shown: [], more: 0 };
    this.byKind.set(kind, found);
    if (found.shown.length < SHOWN) found.shown.push(place);
    else found.more += 1;
  }

  /** Adds a difference when there is one. */
  same(kind: string, place: string, found: unknown, expected: unknown): void {
    const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(expected)];
    if (is !== shouldBe) this.add(kind, `${place}: ${is}, expected ${shouldBe}`);
  }

  list(): string[] {
    return [...this.byKind].map(
      ([kind, { shown, more }]) => `${kind}: ${shown.join('; ')}${more === 0 ? '' : `; and ${more} more`}`,
    );
  }
}
