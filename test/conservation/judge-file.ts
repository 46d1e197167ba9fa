import type { LedgerEntry } from '../../src/ledger/entry';
import { type MadeFile, placeOf, type Unit } from './captures';
import type { HeldBySink } from './held';
import type { Problems } from './problems';
import { type Quarantined, unitPlace } from './quarantined';

/** One file at one sink: what the ledger says of it, and where each of its inferences is. */
export function judgeEntry(entry: LedgerEntry | undefined, made: MadeFile, where: string, problems: Problems): void {
  if (entry === undefined) return problems.add('has no ledger entry', where);
  const { counts, lease, attempts, state } = entry;
  problems.same('state', where, { state, lease, attempts }, { state: 'done', lease: null, attempts: 0 });
  const { lines, events, rejectedLines, skippedLines, captured, delivered, quarantined, skipped, purged } = counts;
  const found = { lines, events, rejectedLines, skippedLines, captured, delivered, quarantined, skipped, purged };
  problems.same('ledger', where, found, expectedCounts(made));
  judgeEquation(entry, where, problems);
}

export function judgeEquation({ counts }: LedgerEntry, where: string, problems: Problems): void {
  const { lines, events, rejectedLines, skippedLines, captured, delivered, quarantined, skipped, purged } = counts;
  if (captured !== delivered + quarantined + skipped + purged || lines !== events + rejectedLines + skippedLines)
    problems.add('the equation does not hold', `${where}: ${JSON.stringify(counts)}`);
}

export function expectedCounts({ units, lines, events, rejectedLines, skippedLines }: MadeFile): object {
  const count = (outcome: Unit['outcome']): number => units.filter((unit) => unit.outcome === outcome).length;
  return {
    lines,
    events,
    rejectedLines,
    skippedLines,
    captured: units.length,
    delivered: count('delivered'),
    quarantined: count('quarantined'),
    skipped: count('skipped'),
    purged: 0,
  };
}

export function judgeUnits(made: MadeFile, held: HeldBySink, where: string, problems: Problems): void {
  for (const { line, row, outcome, id } of made.units) {
    const place = `${where} ${unitPlace(line, row)}`;
    const at = held.places.get(`${made.number}:${placeOf(line, row ?? 0)}`);
    if (outcome !== 'delivered' && at !== undefined) problems.add(`is ${outcome} and sent`, place);
    if (outcome !== 'delivered') continue;
    if (at === undefined) problems.add('is lost', place);
    else problems.same('id', place, [...at.ids], [id]);
  }
}

/** Each unit that is refused stands there once; and nothing else does. */
export function judgeQuarantine({ units }: MadeFile, { places }: Quarantined, where: string, problems: Problems): void {
  const refused = units.filter(({ outcome }) => outcome === 'quarantined');
  const wanted = new Set(refused.map(({ line, row }) => unitPlace(line, row)));
  const standing = new Set(places);
  for (const place of wanted) if (!standing.has(place)) problems.add('is not in quarantine', `${where} ${place}`);
  for (const place of places)
    if (!wanted.delete(place)) problems.add('is in quarantine without need, or twice', `${where} ${place}`);
}

/** The bytes of its line stand with it. */
export function judgeOriginals(
  { text }: MadeFile,
  { originals }: Quarantined,
  where: string,
  problems: Problems,
): void {
  const lines = text.split('\n');
  for (const [line, original] of originals)
    problems.same('original', `${where} ${line}`, original, lines[line - 1]?.replace(/\r$/, ''));
}
