import type { CaptureKey } from './capture-key';
import { type ColumnPlan, nameRow } from './column-plan';
import { decodeEvent, type DecodedEvent, type EventConfig, type RowPair } from './decode/pair';
import type { SideName } from './decode/reading';
import { type Identity, partnerInferenceId } from './partner-inference-id';
import { shownNames } from './shown-name';
import type { CaptureEvent, Columns, Inference, Rejection } from './types';

/** Everything the configuration says about how a model's events become inferences. */
export interface ModelRules extends EventConfig {
  readonly identity: Identity;
  readonly plan: ColumnPlan;
  /** Variants whose events are shadow traffic even without SageMaker's own mark. */
  readonly shadowVariants: ReadonlySet<string>;
  readonly maxLineBytes: number;
}

export interface EventInferences {
  readonly inferences: readonly Inference[];
  readonly rejections: readonly Rejection[];
  /** Rows of the event, refused ones included; 1 when they could not be counted. */
  readonly count: number;
  /** Values that became null because they were not finite, or no number in a number column. */
  readonly nulled: number;
  /** Columns the partner's model does not know, left out. */
  readonly surplus: readonly string[];
}

export function isShadow(event: CaptureEvent, key: CaptureKey | null, rules: ModelRules): boolean {
  return event.invocationSource === 'ShadowExperiment' || (key !== null && rules.shadowVariants.has(key.variant));
}

/**
 * A capture event to its inferences. An event that cannot be decoded is one rejection; a row that cannot is one
 * rejection too, and its neighbours keep their indexes.
 */
export function toInferences(event: CaptureEvent, key: CaptureKey | null, rules: ModelRules): EventInferences {
  const decoded = decodeSafely(event, rules);
  if (!decoded.ok) {
    const rejection: Rejection = {
      stage: 'decode',
      code: decoded.code,
      reason: decoded.reason,
      place: event.place,
      row: null,
      partnerInferenceId: null,
    };
    return { inferences: [], rejections: [rejection], count: 1, nulled: 0, surplus: [] };
  }
  const count = decoded.pairs.length;
  const widths = { input: commonWidth(decoded.pairs, 'input'), output: commonWidth(decoded.pairs, 'output') };
  const inferences: Inference[] = [];
  const rejections: Rejection[] = [];
  const surplus = new Set<string>();
  let nulled = decoded.nonFinite;
  decoded.pairs.forEach((pair, index) => {
    const id = partnerInferenceId(event, index, count, rules.identity);
    const named = namePair(pair, rules.plan, widths);
    for (const name of named.surplus) surplus.add(name);
    nulled += named.nulled;
    if (named.refusal !== null) {
      rejections.push({ stage: 'decode', ...named.refusal, place: event.place, row: index, partnerInferenceId: id });
      return;
    }
    inferences.push({
      partnerInferenceId: id,
      eventId: event.eventId,
      inferenceId: event.inferenceId,
      index,
      count,
      inferenceTime: event.inferenceTime,
      endpoint: key?.endpoint ?? null,
      variant: key?.variant ?? null,
      shadow: isShadow(event, key, rules),
      customAttributes: event.customAttributes,
      inputs: named.inputs,
      outputs: named.outputs,
      place: event.place,
    });
  });
  return { inferences, rejections, count, nulled, surplus: [...surplus] };
}

type Widths = Readonly<Record<SideName, number | null>>;

interface NamedPair {
  readonly inputs: Columns | null;
  readonly outputs: Columns | null;
  readonly nulled: number;
  readonly surplus: readonly string[];
  readonly refusal: { readonly code: string; readonly reason: string } | null;
}

function namePair(pair: RowPair, plan: ColumnPlan, widths: Widths): NamedPair {
  const inputs = pair.input && nameRow(pair.input, 'input', plan, widths.input);
  const outputs = pair.output && nameRow(pair.output, 'output', plan, widths.output);
  const named: NamedPair = { inputs: null, outputs: null, nulled: 0, surplus: [], refusal: null };
  if (inputs?.ok === false) return { ...named, refusal: { code: inputs.code, reason: inputs.reason } };
  if (outputs?.ok === false) return { ...named, refusal: { code: outputs.code, reason: outputs.reason } };
  const surplus = [...(inputs?.surplus ?? []), ...(outputs?.surplus ?? [])];
  const unknown = [inputs, outputs].find((side) => side?.columns.size === 0 && side.surplus.length > 0);
  if (unknown?.ok === true) {
    const reason = `the partner's model knows none of the ${unknown.surplus.length} ${unknown === inputs ? 'input' : 'output'} column(s) of this row (${shownNames(unknown.surplus)}); name them in the configuration as the model does`;
    return { ...named, surplus, refusal: { code: 'NO_KNOWN_COLUMN', reason } };
  }
  return {
    inputs: inputs?.columns ?? null,
    outputs: outputs?.columns ?? null,
    nulled: (inputs?.nulled ?? 0) + (outputs?.nulled ?? 0),
    surplus,
    refusal: null,
  };
}

/** A decoder that throws is a bug, and must cost the one event that met it, not the file. */
function decodeSafely(event: CaptureEvent, rules: ModelRules): DecodedEvent {
  try {
    return decodeEvent(event, rules);
  } catch (error) {
    return {
      ok: false,
      code: 'DECODER_FAILED',
      reason: `the decoder failed on this event, which is a bug of capture-relay (${error instanceof Error ? error.name : 'unknown'})`,
    };
  }
}

/** The number of values most positional rows have; null when two numbers are equally frequent, as then nobody knows which is right. */
function commonWidth(pairs: readonly RowPair[], side: SideName): number | null {
  const frequency = new Map<number, number>();
  for (const pair of pairs) {
    const row = pair[side];
    if (row?.kind === 'positional') frequency.set(row.values.length, (frequency.get(row.values.length) ?? 0) + 1);
  }
  const [first, second] = [...frequency].sort((a, b) => b[1] - a[1]);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}
