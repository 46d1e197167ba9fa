import { type Finding, finding } from '../../src/cli/check/finding';

/** A document as it was read, whose members may be anything. */
export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const record = (value: unknown): Json => (isRecord(value) ? value : {});

export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.map(record) : []);

/** `given`: shown as JSON; left out where it would say nothing, or be a secret. */
export const wrong = (key: string, problem: string, cure: string, given?: unknown): Finding => ({
  ...finding('wrong', 'configuration', key, problem, cure),
  given: given === undefined ? null : JSON.stringify(given),
});
