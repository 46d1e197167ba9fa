import type { ModelConfig, SinkConfig } from '../../config/model-config';
import type { ParsedLine } from '../../core/capture-event';
import { type CaptureKey, parseCaptureKey } from '../../core/capture-key';
import { capturedLines } from '../../core/captured-lines';
import { type ModelRules, toInferences } from '../../core/inference';
import { RunsReader } from '../../core/progress-runs';
import type { CaptureFile, Place } from '../../core/types';
import { type LedgerEntry, ledgerKey, readEntry } from '../../ledger/entry';
import type { Refusal } from '../../quarantine/refusal';
import { contentPrefix, segmentKey, segmentOf } from '../../quarantine/segment-key';
import { readSegment } from '../../quarantine/segment-text';
import { unpacked } from '../../replay/unpack';
import type { StateStore } from '../../store/state-store';
import type { Hit } from './search-file';
import { answerOf, ofAnother, type SinkAnswer } from './sink-answer';

/** Where the answers about hits come from. */
export interface AskSinks {
  readonly store: StateStore;
  readonly config: ModelConfig;
  /** Under which names the ledger may know the file. */
  readonly names: readonly CaptureFile[];
  /** Of what was searched; null where it is not known, as on a disk. */
  readonly eTag: string | null;
  /** The bytes of the file, from its start. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What became of a hit at every sink of the model. Throws StoreUnavailable. */
export async function askSinks(hit: Hit, asked: AskSinks): Promise<SinkAnswer[]> {
  const { config } = asked;
  return Promise.all(
    config.sinks.map(async (sink) => {
      const entry = await entryOf(sink, asked);
      if (entry !== null && isOfAnother(entry, asked)) return ofAnother(sink, entry);
      const refusals = entry === null ? [] : await refusalsOf(hit, sink, entry, asked);
      const outcomes = entry === null ? null : await outcomesOf(hit, entry, config.rules, asked.bytes);
      return answerOf(hit, { sink, entry, refusals, outcomes }, config.rules);
    }),
  );
}

async function entryOf({ name }: SinkConfig, { store, config, names }: AskSinks): Promise<LedgerEntry | null> {
  for (const file of names) {
    const key = ledgerKey(config.model, name, file);
    const stored = await store.get(key);
    if (stored !== null) return readEntry(stored.body, key);
  }
  return null;
}

/** As the sweep sees it: what the ledger knows was overwritten by what is there now. */
const isOfAnother = ({ content }: LedgerEntry, { eTag }: AskSinks): boolean =>
  eTag !== null && content.eTag !== null && content.eTag !== eTag;

async function refusalsOf(
  { place }: Hit,
  { name }: SinkConfig,
  entry: LedgerEntry,
  { store, config }: AskSinks,
): Promise<readonly Refusal[]> {
  const { done, gone, superseded, quarantined } = entry.earlier.files;
  const contentOrdinal = done + gone + superseded + quarantined;
  const prefix = contentPrefix({ model: config.model, sink: name, contentOrdinal }, entry);
  const key = segmentKey(prefix, segmentOf(place.byteOffset));
  const stored = await store.get(key);
  return stored === null ? [] : (readSegment(stored.body, key).get(place.line)?.refusals ?? []);
}

/**
 * What became of the rows of a line that the ledger tells apart: those from its first unsettled line on. It counts them
 * from there, so the lines between must be counted as the run did. Null for a line before, and of a finished file.
 */
async function outcomesOf(
  { place }: Hit,
  { state, progress, key }: LedgerEntry,
  rules: ModelRules,
  bytes: () => AsyncIterable<Uint8Array>,
): Promise<Uint8Array | null> {
  if (state === 'done' || place.line < progress.line || progress.runs === '') return null;
  const runs = new RunsReader(progress.runs);
  const captureKey = parseCaptureKey(key);
  for await (const { parsed } of capturedLines(unpacked(bytes()), place.file, rules.maxLineBytes)) {
    if (parsed.kind === 'blank' || placeOf(parsed).line < progress.line) continue;
    const outcomes = new Uint8Array(unitsOf(parsed, captureKey, rules));
    runs.take(outcomes);
    if (placeOf(parsed).line >= place.line) return outcomes;
  }
  return null;
}

type Told = Exclude<ParsedLine, { kind: 'blank' }>;

function placeOf(parsed: Told): Place {
  if (parsed.kind === 'event') return parsed.event.place;
  return parsed.kind === 'skip' ? parsed.skip.place : parsed.rejection.place;
}

/** As the flow counts them. */
function unitsOf(parsed: Told, key: CaptureKey | null, rules: ModelRules): number {
  if (parsed.kind === 'event') return toInferences(parsed.event, key, rules).count;
  return parsed.kind === 'skip' ? parsed.skip.inferences : 1;
}
