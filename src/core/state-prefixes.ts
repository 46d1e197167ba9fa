/** What is written to a state bucket, each below a prefix of its own; docs/state.md says what each holds. */
export const STATE_PREFIXES = ['breaker/', 'ledger/', 'quarantine/', 'rate/', 'rollup/', 'start/', 'sweep/'] as const;
