import * as z from 'zod';
import { parsePath, hasSeveralAxes } from '../core/decode/path';
import { captureSchema } from './deploy/capture-schema';
import { endpointSchema } from './deploy/endpoint-schema';
import { alarmsSchema, forwarderSchema } from './deploy/forwarder-schema';
import { shadowPlaceProblems } from './shadow-capture';
import { shadowTest } from './shadow-test';

/** The one schema of a model's configuration; each sink adds its own part (`sinks/<name>/definition.ts`). */

const columnType = z.enum(['number', 'integer', 'string', 'boolean']);
const column = z.union([z.string().min(1), z.strictObject({ name: z.string().min(1), type: columnType.optional() })], {
  error: 'must be a name, or {name, type} with type number, integer, string or boolean',
});

const columnList = z
  .array(column)
  .min(1)
  .superRefine((columns, context) => {
    const names = columns.map((each) => (typeof each === 'string' ? each : each.name));
    names.forEach((name, at) => {
      if (names.indexOf(name) < at)
        context.addIssue({
          code: 'custom',
          path: [at],
          message: 'is the name of another column, too; one of the two values would be lost',
        });
    });
  });

const path = z.string().superRefine((text, context) => {
  const steps = parsePath(text);
  if (steps === null)
    context.addIssue({
      code: 'custom',
      message: 'is not a path; write names joined by dots, [*] for the rows, [0] for a position',
    });
  else if (hasSeveralAxes(steps))
    context.addIssue({ code: 'custom', message: 'has more than one [*]; rows have one axis' });
});

const plainPath = path.refine((text) => !text.includes('[*]'), { error: 'names the list itself, so it holds no [*]' });

const side = {
  format: z.enum(['csv', 'json', 'auto']).optional(),
  columns: columnList.optional(),
  header: z.boolean().optional(),
  rows: z.enum(['auto', 'one', 'many']).optional(),
  rowsAt: plainPath.optional(),
  valuesAt: z.string().min(1).optional(),
};

/** An AI Toolkit document may be given as it is: the object, or its JSON text. */
const mappingDocument = z.preprocess(
  (value) => (typeof value === 'string' ? jsonOrText(value) : value),
  z.record(z.string().min(1), z.string()),
);

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const inputSide = z.strictObject({ ...side, mapping: mappingDocument.pipe(z.record(z.string(), path)).optional() });
const fieldsOnce = z.record(path, z.string().min(1)).superRefine((fields, context) => {
  const names = Object.values(fields);
  for (const [from, field] of Object.entries(fields)) {
    if (names.indexOf(field) < names.lastIndexOf(field))
      context.addIssue({
        code: 'custom',
        path: [from],
        message: 'is mapped to a field that another path is mapped to, too',
      });
  }
});

const outputSide = z.strictObject({ ...side, mapping: mappingDocument.pipe(fieldsOnce).optional() });

const limits = z.strictObject({
  maxLineBytes: z
    .int()
    .min(1_000)
    .max(512 << 20)
    .optional(),
  maxDepth: z.int().min(1).max(1_000).optional(),
  maxRowsPerEvent: z.int().min(1).max(10_000_000).optional(),
  maxColumns: z.int().min(1).max(10_000_000).optional(),
  maxValuesPerEvent: z.int().min(1).max(100_000_000).optional(),
});

const shadow = z
  .strictObject({ variants: z.array(z.string().min(1)).min(1).optional(), test: shadowTest.optional() })
  .refine(({ variants, test }) => variants !== undefined || test !== undefined, {
    error: 'must name variants whose events are shadow traffic, or a test, or both',
  });

const model = z.strictObject({
  model: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, { error: 'must be 1 to 63 letters, digits, "_" or "-"' }),
  capture: captureSchema.optional(),
  endpoint: endpointSchema.optional(),
  input: inputSide.optional(),
  output: outputSide.optional(),
  identity: z.enum(['inferenceId', 'eventId']).optional(),
  shadow: shadow.optional(),
  limits: limits.optional(),
  forwarder: forwarderSchema.optional(),
  alarms: alarmsSchema.optional(),
  sinks: z.array(z.looseObject({ type: z.string() })).min(1, { error: 'must name at least one sink' }),
});

export const modelSchema = model.superRefine((data, context) => {
  for (const { path: at, problem } of shadowPlaceProblems(data))
    context.addIssue({ code: 'custom', path: at, message: problem });
});

export type RawModel = z.infer<typeof modelSchema>;
export type RawSide = z.infer<typeof inputSide> | z.infer<typeof outputSide>;
