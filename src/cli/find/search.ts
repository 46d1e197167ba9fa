import { parseCaptureKey } from '../../core/capture-key';
import { messageOf } from '../../core/errors';
import type { ModelRules } from '../../core/inference';
import { mayHold, type TimeWindow } from '../../replay/time-window';
import type { ListedFile } from '../../sweep/capture-listing';
import { HOUR_MS, hourOf } from '../../sweep/hours';
import type { CaptureFolders } from '../capture-folders';
import { type Hit, holdsNeedle, searchLines } from './search-file';
import type { WantedId } from './wanted-id';

/** What is searched, and who is told of it on the way. */
export interface Search {
  readonly folders: CaptureFolders;
  readonly wanted: WantedId;
  readonly rules: ModelRules;
  readonly window: TimeWindow;
  readonly watcher: SearchWatcher;
}

export interface SearchWatcher {
  readonly searched: (file: ListedFile) => void;
  readonly unread: (file: ListedFile, reason: string) => void;
}

/**
 * Every place where the id stands, the newest hours first. Files are looked through as bytes; only those that hold the
 * text are read as captures. Throws a SourceFailure when the captures cannot be listed.
 */
export async function* search(asked: Search): AsyncGenerator<{ readonly hit: Hit; readonly listed: ListedFile }> {
  const { folders, wanted, rules, watcher } = asked;
  for await (const listed of newestFirst(asked)) {
    try {
      if (await holdsNeedle(folders.read(listed), wanted.needle))
        for await (const hit of searchLines(folders.read(listed), listed.file, wanted, rules)) yield { hit, listed };
    } catch (error) {
      watcher.unread(listed, messageOf(error));
    }
    watcher.searched(listed);
  }
}

async function* newestFirst({ folders, window }: Search): AsyncGenerator<ListedFile> {
  const seen = new Set<string>();
  for await (const { hour, folders: sameHour } of folders.tree.newestFirst((start) => wantsHours(start, window))) {
    seen.add(hour);
    yield* (await folders.tree.filesOf(hour, sameHour)).toReversed();
  }
  for (const file of folders.tree.straysBeside(seen)) {
    const key = parseCaptureKey(file.file.key);
    if (key === null || mayHold(window, key)) yield file;
  }
}

/** A file that was opened at the end of its hour still takes events of the next one. */
function wantsHours(start: string, { fromMs, toMs }: TimeWindow): boolean {
  const first = Number.isFinite(fromMs) ? hourOf(fromMs - HOUR_MS).slice(0, start.length) : start;
  const last = Number.isFinite(toMs) ? hourOf(toMs - 1).slice(0, start.length) : start;
  return first <= start && start <= last;
}
