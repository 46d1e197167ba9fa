/** One thing `check` has to say. */
export interface Finding {
  /**
   * `wrong`: the configuration cannot work. `disagrees`: the configuration is fine by itself, and the sample or the
   * partner's model is not what it says. `note`: worth knowing, changes no exit code.
   */
  readonly severity: 'wrong' | 'disagrees' | 'note';
  readonly source: 'configuration' | 'sample' | 'partner';
  /** Line of the configuration, from 1; null when none can be named. */
  readonly line: number | null;
  /** The setting: `sinks[0].host`; or a sink, or a side; null when the whole is meant. */
  readonly key: string | null;
  readonly problem: string;
  /** The value as it was given, shortened; null when there is none or it may be a secret. */
  readonly given: string | null;
  readonly cure: string | null;
}

/** A finding that is about no line of the configuration. */
export function finding(
  severity: Finding['severity'],
  source: Finding['source'],
  key: string | null,
  problem: string,
  cure: string | null = null,
): Finding {
  return { severity, source, line: null, key, problem, given: null, cure };
}

/** Names for a sentence; long lists are cut, and their length is said. */
export function nameList(names: readonly string[], max = 6): string {
  const shown = names.slice(0, max).join(', ');
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}
