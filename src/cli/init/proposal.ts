import type { ColumnType } from '../../core/column-plan';

/**
 * A proposed configuration before it is written: every part with the remarks a person needs to judge it. A part whose
 * value is undefined is not set, and its remarks say why or how.
 */
export interface Proposal {
  /** What was read, and how far it can be trusted. */
  readonly head: readonly string[];
  readonly parts: readonly Part[];
  /** What captures cannot tell. */
  readonly unknown: readonly string[];
}

export interface Part {
  readonly key: string;
  readonly value: unknown;
  readonly remarks: readonly string[];
  /** Remarks on members of the value, by their name. */
  readonly memberRemarks?: Readonly<Record<string, readonly string[]>>;
  /** Remarks on the items of `columns`, and of `sinks`, by position. */
  readonly itemRemarks?: readonly (string | null)[];
}

/** A column as the configuration has it. */
export type ProposedColumn = string | { readonly name: string; readonly type: ColumnType };

/** The configuration alone, as data. */
export function configOf(proposal: Proposal): Record<string, unknown> {
  return Object.fromEntries(
    proposal.parts.filter((part) => part.value !== undefined).map((part) => [part.key, part.value]),
  );
}

/** Every remark with the part it is about, for machines. */
export function remarksOf(proposal: Proposal): { readonly about: string; readonly remark: string }[] {
  const about = (key: string, remarks: readonly string[]): { about: string; remark: string }[] =>
    remarks.map((remark) => ({ about: key, remark }));
  return [
    ...about('captures', proposal.head),
    ...proposal.parts.flatMap((part) => [
      ...about(part.key, part.remarks),
      ...Object.entries(part.memberRemarks ?? {}).flatMap(([name, remarks]) => about(`${part.key}.${name}`, remarks)),
      ...(part.itemRemarks ?? []).flatMap((remark, at) =>
        remark === null ? [] : about(`${part.key}${part.key === 'sinks' ? '' : '.columns'}[${at}]`, [remark]),
      ),
    ]),
    ...about('unknown', proposal.unknown),
  ];
}
