import * as z from 'zod';
import type { defineSink, SinkSpec } from '../../src/sinks/define-sink';

/** Every key of a configuration schema, by the path a person would say: `input.columns[].name`. */
export interface SchemaKey {
  readonly path: string;
  /** As the pages name it: text, whole number, true or false, list, map; null where it may be several things. */
  readonly type: string | null;
  /** What the row of this key must name: its allowed words, or its bounds. */
  readonly allowed: readonly string[];
  readonly isRequired: boolean;
}

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
  object: 'map',
};

export function schemaKeys(schema: z.ZodType, at = ''): SchemaKey[] {
  // `output`: the form after `preprocess`, which is where the keys are known.
  return keysBelow(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }) as JsonSchema, at);
}

function keysBelow(schema: JsonSchema, at: string): SchemaKey[] {
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const isRequired = schema.required?.includes(name) === true;
    return [{ path, type: typeWord(member), allowed: allowedWords(member), isRequired }, ...keysBelow(member, path)];
  });
  const items = schema.items === undefined ? [] : keysBelow(schema.items, `${at}[]`);
  return [...members, ...items, ...(schema.anyOf ?? []).flatMap((option) => keysBelow(option, at))];
}

const typeWord = (schema: JsonSchema): string | null => TYPE_WORDS[schema.type ?? ''] ?? null;

function allowedWords(schema: JsonSchema): string[] {
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``);
  if (schema.type !== 'integer') return [];
  // A whole number without a bound of its own ends where JavaScript's exact numbers do.
  return [schema.minimum, schema.maximum].flatMap((bound) =>
    bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? [] : [bound.toLocaleString('en-US')],
  );
}

/** The settings' schema of every registered sink, by type; definitions keep it to themselves, so it is noted while they are made. */
export function sinkSchemas(): Map<string, z.ZodType> {
  const schemas = new Map<string, z.ZodType>();
  jest.isolateModules(() => {
    jest.doMock('../../src/sinks/define-sink', () => {
      const actual = jest.requireActual<{ defineSink: typeof defineSink }>('../../src/sinks/define-sink');
      return {
        defineSink: (spec: SinkSpec<object>) => {
          schemas.set(spec.type, spec.schema);
          return actual.defineSink(spec);
        },
      };
    });
    jest.requireActual('../../src/sinks/registry');
  });
  jest.dontMock('../../src/sinks/define-sink');
  return schemas;
}
