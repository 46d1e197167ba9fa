import { type MadeFile, placeOf } from './captures';
import { explainedRepeats } from './explained';
import { heldAt } from './held';
import { judgeEntry, judgeEquation, judgeUnits } from './judge-file';
import type { Problems } from './problems';
import type { World } from './world';

/** Two contents stood under one key: the newer one is whole, and of the older one the ledger counts what was done. */
export async function judgeOverwritten(
  world: World,
  key: string,
  old: MadeFile,
  made: MadeFile,
  problems: Problems,
): Promise<void> {
  for (const sink of world.options.sinks) {
    const entry = (await world.buckets.entries(sink.name)).get(key);
    const held = heldAt(world, sink.name);
    judgeEntry(entry, made, `${sink.name} new content`, problems);
    judgeUnits(made, held, `${sink.name} new content`, problems);
    if (entry === undefined) return;
    const { counts, files } = entry.earlier;
    judgeEquation({ ...entry, counts }, `${sink.name} old content`, problems);
    const stored = old.units.filter(({ line, row }) => held.places.has(`${old.number}:${placeOf(line, row ?? 0)}`));
    const unknown = stored.length - counts.delivered;
    if (unknown < 0 || unknown > explainedRepeats(world, sink, held))
      problems.add('old content', `${counts.delivered} delivered, ${stored.length} at the partner`);
    const isWhole = counts.captured === old.units.length;
    const ended = files.done + files.superseded + files.gone;
    if (stored.length > 0) problems.same('old content', 'files', ended, 1);
    if (files.done === 1 && !isWhole) problems.add('old content', 'called done, and is not whole');
  }
}
