import { Token } from 'aws-cdk-lib';
import * as z from 'zod';
import { captureSchema } from '../../src/config/deploy/capture-schema';
import { endpointSchema } from '../../src/config/deploy/endpoint-schema';
import { problemsOf } from '../../src/config/problems';
import { unknownInstanceTypes } from './instance-types';

/**
 * What a program may hand over that a file may not: the same checks, so that an endpoint never leaves inferences out by
 * mistake. A text that is known only at deployment cannot be looked at, and passes.
 */
export function endpointProblems(settings: unknown, capture: unknown): string[] {
  const types = unknownInstanceTypes(settings, 'endpoint.create').filter(({ given }) => !Token.isUnresolved(given));
  return [
    ...schemaProblems(endpointSchema, { create: settings }, 'endpoint'),
    ...schemaProblems(captureSchema, capture, 'capture'),
    ...types.map(({ key, problem, given, cure }) => `${key} ${problem}; given: ${given}. ${cure}`),
  ];
}

function schemaProblems(schema: z.ZodType, raw: unknown, at: string): string[] {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return [];
  const issues = parsed.error.issues.filter(({ path }) => !Token.isUnresolved(valueAt(raw, path)));
  return issues.length === 0 ? [] : problemsOf(new z.ZodError(issues), raw, at);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : null),
    raw,
  );
}
