import { type CaptureKey, fileName, parseCaptureKey } from '../core/capture-key';
import { compareKeys, type ReplayFile } from './replay-source';
import { mayHold, type TimeWindow } from './time-window';

/** Which files of a source are replayed, told by their keys alone: the others are never opened. */
export interface Choice {
  /** Null: every endpoint. */
  readonly endpoint: string | null;
  /** Empty: every variant. */
  readonly variants: readonly string[];
  /** Null: all of time. */
  readonly window: TimeWindow | null;
  /** Key (or whole name) of the last file that is done with; null: from the first. */
  readonly after: string | null;
}

export interface Chosen {
  readonly files: readonly ReplayFile[];
  readonly leftOut: LeftOut;
  /** `after` names a file of the source; true when it was not asked for. */
  readonly isAfterKnown: boolean;
}

/** Files left out, by the first reason that holds for them. */
export interface LeftOut {
  /** Stand before or at `after`. */
  before: number;
  /** Of another endpoint or variant, or their keys do not tell. */
  elsewhere: number;
  /** No event of theirs can lie in the window. */
  outsideWindow: number;
}

/** Pure; keeps the order of the files. */
export function chooseFiles(files: readonly ReplayFile[], choice: Choice): Chosen {
  const leftOut: LeftOut = { before: 0, elsewhere: 0, outsideWindow: 0 };
  const after = afterKey(files, choice.after);
  const chosen: ReplayFile[] = [];
  for (const each of files) {
    const reason = reasonAgainst(each.file.key, after, choice);
    if (reason === null) chosen.push(each);
    else leftOut[reason] += 1;
  }
  return {
    files: chosen,
    leftOut,
    isAfterKnown: after === null || files.some(({ file }) => file.key === after),
  };
}

function reasonAgainst(text: string, after: string | null, choice: Choice): keyof LeftOut | null {
  if (after !== null && compareKeys(text, after) <= 0) return 'before';
  const key = parseCaptureKey(text);
  if (!isFrom(key, choice)) return 'elsewhere';
  return choice.window !== null && key !== null && !mayHold(choice.window, key) ? 'outsideWindow' : null;
}

/** A person may name the file as it was printed: with its bucket. */
function afterKey(files: readonly ReplayFile[], after: string | null): string | null {
  return files.find(({ file }) => fileName(file) === after)?.file.key ?? after;
}

function isFrom(key: CaptureKey | null, { endpoint, variants }: Choice): boolean {
  if (endpoint === null && variants.length === 0) return true;
  if (key === null) return false;
  return (endpoint === null || key.endpoint === endpoint) && (variants.length === 0 || variants.includes(key.variant));
}
