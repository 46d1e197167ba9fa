import type { ModelRules } from '../../core/inference';
import type { SampleEvent } from './read-sample';
import {
  NO_SETTINGS,
  type Outcome,
  outcomeOf,
  type ReadingSettings,
  settingCount,
  withSettings,
} from './reading-settings';
import { candidates } from './side-options';

/**
 * Which settings make the sample's events readable. The decoder needs none for most; where it does, the candidates are
 * tried on the same events, and one is taken only when it reads every event that any of them reads, and no other reads
 * them in another way.
 */
export interface ChosenReading {
  readonly settings: ReadingSettings;
  /** Settings that read everything, each in its own way or for few events alone: a person must decide. */
  readonly undecided: readonly Undecided[];
}

export interface Undecided {
  readonly settings: ReadingSettings;
  /** Numbers of inferences an event then holds, ascending. */
  readonly counts: readonly number[];
  /** Events that cannot be read without a setting, and could with this one. */
  readonly cured: number;
}

// More events than these decide nothing more, and each is decoded once for each candidate.
const MAX_TRIED = 1_000;

export function chooseReading(events: readonly SampleEvent[], rules: ModelRules): ChosenReading {
  const plain = events.map((each) => outcomeOf(each, rules));
  const all = candidates(events, plain);
  if (all.length === 1) return { settings: NO_SETTINGS, undecided: [] };
  const tried = toTry(events, plain);
  const readings = all
    .sort((a, b) => settingCount(a) - settingCount(b))
    .map((settings) => ({
      settings,
      outcomes: tried.map(({ each }) => outcomeOf(each, withSettings(rules, settings))),
    }));
  // An event that no candidate reads is broken, not read wrongly; it must not hide the cure of the others.
  const isReadable = tried.map((_, at) => readings.some(({ outcomes }) => outcomes[at]?.ok === true));
  const whole = readings.filter(
    (reading) =>
      reading.outcomes.every((outcome, at) => outcome.ok || isReadable[at] === false) &&
      keepsWhatIsRead(reading, tried),
  );
  return decide(whole, tried);
}

interface Tried {
  readonly each: SampleEvent;
  readonly plain: Outcome;
}

interface Reading {
  readonly settings: ReadingSettings;
  readonly outcomes: readonly Outcome[];
}

/** Events that need a setting first, then others: a setting must leave those as they are. */
function toTry(events: readonly SampleEvent[], plain: readonly Outcome[]): Tried[] {
  const all = events.flatMap((each, at) => {
    const outcome = plain[at];
    return outcome === undefined ? [] : [{ each, plain: outcome }];
  });
  const failed = all.filter((each) => !each.plain.ok).slice(0, MAX_TRIED);
  return [...failed, ...all.filter((each) => each.plain.ok).slice(0, MAX_TRIED)];
}

/** A header or a format changes what is read and has evidence of its own; `rows` must only add what was not readable. */
function keepsWhatIsRead({ settings, outcomes }: Reading, tried: readonly Tried[]): boolean {
  if (evidence(settings) > 0) return true;
  return outcomes.every((outcome, at) => {
    const before = tried[at]?.plain;
    return before?.ok !== true || (outcome.ok && outcome.rows === before.rows);
  });
}

/** Names above numbers and tables of numbers are seen in the data; `rows` is only possible. */
const evidence = ({ input, output }: ReadingSettings): number =>
  [input.header, input.format, output.header, output.format].filter((setting) => setting !== undefined).length;

function decide(whole: readonly Reading[], tried: readonly Tried[]): ChosenReading {
  const most = Math.max(0, ...whole.map(({ settings }) => evidence(settings)));
  const byMeaning = new Map<string, Reading>();
  for (const reading of whole.filter(({ settings }) => evidence(settings) === most)) {
    const meaning = reading.outcomes.map((outcome) => (outcome.ok ? outcome.rows : '')).join('\n\n');
    // The candidates are in order of their length: the shortest of one meaning comes first.
    if (!byMeaning.has(meaning)) byMeaning.set(meaning, reading);
  }
  const [first, ...others] = [...byMeaning.values()].map((reading) => undecided(reading, tried));
  if (first === undefined) return { settings: NO_SETTINGS, undecided: [] };
  const isTaken = others.length === 0 && (evidence(first.settings) > 0 || isCommon(first, tried));
  return isTaken
    ? { settings: first.settings, undecided: [] }
    : { settings: NO_SETTINGS, undecided: [first, ...others] };
}

// A few events that differ from all others are as likely broken as they are proof of how to read the endpoint.
const isCommon = ({ settings, cured }: Undecided, tried: readonly Tried[]): boolean =>
  settingCount(settings) === 0 || cured * 10 >= tried.length;

function undecided({ settings, outcomes }: Reading, tried: readonly Tried[]): Undecided {
  const counts = new Set(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.count] : [])));
  const cured = outcomes.filter((outcome, at) => outcome.ok && tried[at]?.plain.ok === false).length;
  return { settings, counts: [...counts].sort((a, b) => a - b), cured };
}
