import { Token } from 'aws-cdk-lib';
import * as z from 'zod';
import { keyPrefix } from '../../src/config/deploy/key-prefix';
import { problemsOf } from '../../src/config/problems';
import { appSettingsSchema } from '../config/app-settings';

/**
 * Props of constructs that stand alone, judged by the schemas of the YAML files, in sentences. `at`: the prop. A value
 * that is known only at deployment is not for a schema to judge.
 */
export function propProblems(schema: z.ZodType, given: unknown, at: string): string[] {
  const { error } = schema.safeParse(given);
  if (error === undefined) return [];
  const issues = error.issues.filter(({ path }) => !isLater(given, path));
  return problemsOf(new z.ZodError(issues), given, at);
}

const prefixes = z.array(z.object({ prefix: keyPrefix }));

/** `watched` of several constructs: one place at least, each with a prefix that takes in nothing beside it. */
export function watchedProblems(watched: readonly { readonly prefix: string }[]): string[] {
  if (watched.length === 0) return ['watched names no place of captures; give its bucket and prefix'];
  return propProblems(
    prefixes,
    watched.map(({ prefix }) => ({ prefix })),
    'watched',
  );
}

const retention = appSettingsSchema.pick({ logRetentionDays: true });

export const retentionProblems = (logRetentionDays: number | undefined): string[] =>
  propProblems(retention, { logRetentionDays }, '');

const captures = z.object({ retentionDays: appSettingsSchema.shape.captureRetentionDays });

export const captureRetentionProblems = (retentionDays: number | undefined): string[] =>
  propProblems(captures, { retentionDays }, '');

/** The value itself, or the list that it stands in. */
function isLater(given: unknown, path: readonly PropertyKey[]): boolean {
  let value = given;
  for (const part of path) {
    if (Token.isUnresolved(value)) return true;
    if (typeof value !== 'object' || value === null) return false;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return Token.isUnresolved(value);
}
