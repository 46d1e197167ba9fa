import type { ColumnPlan, ColumnType } from '../../core/column-plan';
import type { SideName } from '../../core/decode/reading';
import { type Finding, finding, nameList } from './finding';

/** Our columns against those of a partner's model schema. Pure. */
export interface OwnColumns {
  /** In captured order; null: neither the configuration nor a sample names them. */
  readonly names: readonly string[] | null;
  /** The names came with the values (JSON): their order means nothing. */
  readonly isNamedByData: boolean;
  /** Number of values in rows without names, from the sample; null when unknown. */
  readonly width: number | null;
}

export function comparePartner(
  sink: string,
  own: Readonly<Record<SideName, OwnColumns>>,
  types: ReadonlyMap<string, ColumnType>,
  partner: ColumnPlan,
): Finding[] {
  return [
    ...compareSide(sink, 'input', own.input, partner.inputs, partner),
    ...compareSide(sink, 'output', own.output, partner.outputs, partner),
    ...compareTypes(sink, types, partner),
  ];
}

function compareSide(
  sink: string,
  side: SideName,
  own: OwnColumns,
  theirs: readonly string[] | null,
  partner: ColumnPlan,
): Finding[] {
  const say = (severity: 'disagrees' | 'note', problem: string, cure: string | null = null): Finding =>
    finding(severity, 'partner', `${sink} ${side}`, problem, cure);
  const { names } = own;
  if (names === null) return theirs === null ? [] : [byPosition(say, own.width, theirs)];
  const missing = (theirs ?? []).filter((name) => !names.includes(name));
  const extra = names.filter((name) => !(partner.known?.has(name) ?? theirs?.includes(name) ?? true));
  const findings: Finding[] = [];
  if (missing.length > 0)
    findings.push(
      say('disagrees', `missing: the partner's model expects ${nameList(missing)}`, `name them in ${side}.columns`),
    );
  if (extra.length > 0)
    findings.push(
      say(
        'disagrees',
        `extra: the partner's model does not know ${nameList(extra)}; they are not delivered`,
        "use the partner's names, in the sink's own columns if only it needs them",
      ),
    );
  if (theirs !== null && missing.length === 0 && isReordered(names, theirs))
    findings.push(
      say(
        own.isNamedByData ? 'note' : 'disagrees',
        `reordered: here ${nameList(names)}; at the partner ${nameList(theirs)}`,
        own.isNamedByData ? null : `make sure that ${side}.columns is in captured order: values get names by position`,
      ),
    );
  return findings;
}

function byPosition(
  say: (severity: 'disagrees' | 'note', problem: string, cure?: string | null) => Finding,
  width: number | null,
  theirs: readonly string[],
): Finding {
  const names = `the partner's ${theirs.length} names, in its order: ${nameList(theirs)}`;
  if (width !== null && width !== theirs.length)
    return say(
      'disagrees',
      `the sample's rows hold ${width} value(s), and the partner's model has ${theirs.length} column(s) (${nameList(theirs)})`,
      'name each value in columns, in captured order',
    );
  return say('note', `no columns are configured: values by position get ${names}`);
}

function isReordered(names: readonly string[], theirs: readonly string[]): boolean {
  const shared = names.filter((name) => theirs.includes(name));
  return shared.join('\n') !== theirs.filter((name) => names.includes(name)).join('\n');
}

/** A type of ours wins over the partner's, so values would be sent as the partner does not take them. */
function compareTypes(sink: string, types: ReadonlyMap<string, ColumnType>, partner: ColumnPlan): Finding[] {
  return [...types].flatMap(([name, type]) => {
    const theirs = partner.types.get(name);
    if (theirs === undefined || theirs === type || (type === 'integer' && theirs === 'number')) return [];
    return finding(
      'disagrees',
      'partner',
      `${sink} ${name}`,
      `is ${type} in the configuration and ${theirs} in the partner's model`,
      `write type ${theirs}, or leave the type out: the partner's then holds`,
    );
  });
}
