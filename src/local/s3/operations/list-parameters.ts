/** What both list operations read from the query, and how they write names. */
import { formEncodeKey } from '../wire/form-encoding';
import { type Refusal, refuse } from '../wire/refusal';

export interface ListParameters {
  readonly kind: 'parameters';
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly encodingType: 'url' | undefined;
  /** Encodes a name when `encoding-type=url` was asked for: XML cannot hold every character a key can. */
  readonly name: (text: string) => string;
}

/** API reference, ListObjectsV2: "Returns … up to 1,000 key names". */
const MAX_PAGE = 1000;

export function readListParameters(query: ReadonlyMap<string, string>): ListParameters | Refusal {
  const maxKeys = query.get('max-keys') ?? String(MAX_PAGE);
  if (!/^\d{1,10}$/.test(maxKeys)) {
    return invalid('Provided max-keys not an integer or within integer range', 'max-keys', maxKeys);
  }
  const encodingType = query.get('encoding-type');
  if (encodingType !== undefined && encodingType !== 'url') {
    return invalid('Invalid Encoding Method specified in Request', 'encoding-type', encodingType);
  }
  return {
    kind: 'parameters',
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(Number(maxKeys), MAX_PAGE),
    encodingType,
    name: encodingType === 'url' ? formEncodeKey : (text) => text,
  };
}

export function invalid(message: string, name: string, value: string): Refusal {
  return refuse('InvalidArgument', { message, details: { ArgumentName: name, ArgumentValue: value } });
}
