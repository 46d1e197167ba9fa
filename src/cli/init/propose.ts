import { parseModelConfig } from '../../config/model-config';
import { ConfigError, UsageError } from '../../core/errors';
import type { ModelRules } from '../../core/inference';
import type { Rejection } from '../../core/types';
import { plural, short } from '../look';
import { captureFacts, type CaptureFacts } from './capture-facts';
import { chooseReading, type ChosenReading } from './choose-reading';
import type { ColumnChoice } from './propose-side';
import { proposeSide } from './propose-side';
import { proposeCapture, proposeIdentity, proposeLimits, proposeName, proposeShadow } from './propose-model';
import { isPartner, type ProposedSink, proposeSinks } from './propose-sinks';
import { configOf, type Proposal } from './proposal';
import { withSettings } from './reading-settings';
import type { Sample } from './read-sample';
import { type Survey, surveyEvents } from './survey';

/** Capture files to a proposed configuration. */
export interface ProposeOptions {
  /** The model's name; null: the endpoint's, as the path tells it. */
  readonly model: string | null;
  readonly sinks: readonly ProposedSink[];
}

export interface Proposed {
  readonly proposal: Proposal;
  readonly events: number;
  readonly inferences: number;
  /** What cannot be read under the proposed configuration, in the order of the captures. */
  readonly rejections: readonly Rejection[];
}

/**
 * Proposes a configuration that rejects nothing which can be read without one: lists of columns and types are written
 * only when the sample passes them. Throws a UsageError for a model name that the configuration cannot have.
 */
export function propose(sample: Sample, options: ProposeOptions): Proposed {
  const facts = captureFacts(sample.events);
  const reading = chooseReading(sample.events, DEFAULT_RULES);
  const survey = surveyEvents(sample.events, withSettings(DEFAULT_RULES, reading.settings));
  const context = { sample, facts, reading, survey, options };
  for (const columns of ['typed', 'named', 'none'] as const) {
    const proposal = compose(context, columns);
    const rules = rulesOf(proposal, options);
    if (rules === null) continue;
    const { inferences, rejections } = surveyEvents(sample.events, rules);
    if (rejections.length > survey.rejections.length && columns !== 'none') continue;
    return {
      proposal,
      events: sample.events.length,
      inferences,
      rejections: [...sample.rejections, ...rejections],
    };
  }
  throw new Error('a configuration without columns is always accepted');
}

// Rules need a configuration, and a configuration needs a sink; a file is the one that connects to nothing.
const DEFAULT_RULES: ModelRules = parseModelConfig({ model: 'init', sinks: [{ type: 'file', path: '.' }] }).rules;

/** Null when the configuration is refused: captured names may be what no setting can hold. */
function rulesOf(proposal: Proposal, options: ProposeOptions): ModelRules | null {
  try {
    return parseModelConfig(configOf(proposal)).rules;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const aboutName = error.problems.find((problem) => problem.startsWith('model '));
    if (aboutName !== undefined && options.model !== null) throw new UsageError(`--${aboutName}`, { cause: error });
    return null;
  }
}

interface Context {
  readonly sample: Sample;
  readonly facts: CaptureFacts;
  readonly reading: ChosenReading;
  readonly survey: Survey;
  readonly options: ProposeOptions;
}

function compose(context: Context, columns: ColumnChoice): Proposal {
  const { sample, facts, reading, survey, options } = context;
  const hasPartner = options.sinks.some(isPartner);
  const side = (name: 'input' | 'output') =>
    proposeSide({ side: name, facts, observed: survey.sides[name], reading, columns, hasPartner });
  return {
    head: headOf(sample, survey),
    parts: [
      proposeName(facts, options.model),
      proposeCapture(facts),
      side('input'),
      side('output'),
      proposeIdentity(facts, sample.events.length),
      ...proposeShadow(facts),
      ...proposeLimits(sample.rejections.concat(survey.rejections)),
      proposeSinks(options.sinks),
    ],
    unknown: unknownOf(context),
  };
}

function headOf(sample: Sample, survey: Survey): string[] {
  const { files, events, stoppedAt } = sample;
  const { counts } = survey;
  const median = counts[Math.floor((counts.length - 1) / 2)] ?? 0;
  const head = [
    `Proposed by capture-relay init from ${plural(survey.inferences, 'inference')} in ${plural(events.length, 'event')} of ${plural(files.read, 'file')}.`,
    counts[0] === counts.at(-1)
      ? `Each event holds ${plural(counts[0] ?? 0, 'inference')}.`
      : `An event holds ${counts[0] ?? 0} to ${counts.at(-1) ?? 0} inferences, median ${median}.`,
  ];
  if (stoppedAt !== null) {
    const what = stoppedAt === 'events' ? 'events' : 'bytes';
    head.push(
      `Not everything was read: the limit of ${what} was reached in file ${files.read} of ${files.total}. \`check --sample\` reads all of it.`,
    );
  }
  const rejected = [...sample.rejections, ...survey.rejections];
  const [first] = rejected;
  if (first !== undefined)
    head.push(
      `${plural(rejected.length, 'item')} could not be read: ${codesText(rejected)}. The first: ${short(first.reason, 300)}.`,
    );
  if (sample.skips.length > 0) {
    const kinds = [...new Set(sample.skips.map((skip) => skip.kind))].join(', ');
    head.push(`Left out, as they are no endpoint captures: ${kinds}.`);
  }
  return [...head, ...collisionRemarks(survey)];
}

function codesText(rejections: readonly Rejection[]): string {
  const counts = new Map<string, number>();
  for (const { code } of rejections) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
}

function collisionRemarks(survey: Survey): string[] {
  const inputs = new Set(survey.sides.input.namedColumns().map((column) => column.name));
  const shared = survey.sides.output.namedColumns().filter((column) => inputs.has(column.name));
  if (shared.length === 0) return [];
  const names = shared.slice(0, 6).map((column) => short(column.name, 40));
  return [
    `An input and an output are both named ${names.join(', ')}: sinks that put both in one row (arthur, fiddler) refuse such an inference (NAME_COLLISION). This proposal cannot rename them; output.mapping can, path by path.`,
  ];
}

function unknownOf({ facts, survey }: Context): string[] {
  const { input, output } = survey.sides;
  const unknown: string[] = [];
  if (input.positionalRows > 0 || output.positionalRows > 0)
    unknown.push('names and meaning of values that the payload does not name');
  if (facts.endpoints.length === 0) unknown.push('endpoint and variant: the path is not laid out as Data Capture does');
  unknown.push(
    'whether the endpoint captures all requests (InitialSamplingPercentage: 100)',
    'columns, types and shapes that do not occur in what was read',
    'what the partner calls the columns: `capture-relay check --partner` asks it',
  );
  return unknown;
}
