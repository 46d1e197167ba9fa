import * as z from 'zod';
import type { ColumnPlan, ColumnType } from '../../core/column-plan';

/**
 * A model's attributes to a column plan: names and order of the inputs, names of the predictions, types, and every
 * name Arthur knows. Only known names are sent; what Arthur does with others is documented nowhere.
 * Stages and value types: Arthur's Python client, `core/models` and `common/constants`.
 */
const attributeSchema = z.object({
  name: z.string(),
  stage: z.string(),
  position: z.number().nullish(),
  value_type: z.string().nullish(),
});

export const modelSchema = z.object({ attributes: z.array(attributeSchema).nullish() });

export type Attribute = z.infer<typeof attributeSchema>;

const TYPES: Readonly<Record<string, ColumnType>> = {
  STRING: 'string',
  UNSTRUCTURED_TEXT: 'string',
  INTEGER: 'integer',
  FLOAT: 'number',
  BOOLEAN: 'boolean',
};

/** Null for a model without attributes: nothing is known of it. */
export function planOf(attributes: readonly Attribute[]): ColumnPlan | null {
  if (attributes.length === 0) return null;
  const pipeline = named(attributes, 'PIPELINE_INPUT');
  const types = new Map<string, ColumnType>();
  for (const attribute of attributes) {
    const type = TYPES[attribute.value_type ?? ''];
    if (type !== undefined) types.set(attribute.name, type);
  }
  return {
    inputs: nonEmpty(pipeline.length > 0 ? pipeline : named(attributes, 'PREDICT_FUNCTION_INPUT')),
    outputs: nonEmpty(named(attributes, 'PREDICTED_VALUE')),
    types,
    known: new Set(
      attributes.filter((attribute) => !attribute.stage.startsWith('GROUND_TRUTH')).map((attribute) => attribute.name),
    ),
  };
}

function named(attributes: readonly Attribute[], stage: string): string[] {
  const last = Number.MAX_SAFE_INTEGER;
  return attributes
    .filter((attribute) => attribute.stage === stage)
    .sort((a, b) => (a.position ?? last) - (b.position ?? last))
    .map((attribute) => attribute.name);
}

const nonEmpty = (names: string[]): string[] | null => (names.length === 0 ? null : names);
