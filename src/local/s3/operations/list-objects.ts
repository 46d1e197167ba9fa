/** ListObjectsV2. */
import { xmlAnswer } from '../wire/answer';
import { quoted } from '../wire/entity-tag';
import type { Refusal } from '../wire/refusal';
import { element, textElement, xmlDocument } from '../wire/xml-write';
import type { Outcome, S3Call } from './call';
import { invalid, type ListParameters, readListParameters } from './list-parameters';
import { type ListEntry, walkKeys } from './list-walk';

export function listObjectsV2(call: S3Call): Outcome {
  const { bucket, request } = call;
  const parameters = readListParameters(request.query);
  if (parameters.kind === 'refusal') return parameters;
  const start = readStart(request.query);
  if (start.kind === 'refusal') return start;
  const page: ListEntry[] = [];
  let truncated = false;
  const entries = walkKeys(bucket.keys(), {
    prefix: parameters.prefix,
    delimiter: parameters.delimiter,
    after: start.after,
    isVisible: (key) => bucket.current(key) !== null,
  });
  for (const entry of entries) {
    truncated = page.length === parameters.maxKeys && parameters.maxKeys > 0;
    if (page.length === parameters.maxKeys) break;
    page.push(entry);
  }
  return xmlAnswer(resultDocument(call, parameters, page, truncated));
}

function resultDocument(
  call: S3Call,
  parameters: ListParameters,
  page: readonly ListEntry[],
  truncated: boolean,
): string {
  const { bucket, request } = call;
  const { name } = parameters;
  const last = page.at(-1);
  const startAfter = request.query.get('start-after');
  return xmlDocument(
    'ListBucketResult',
    textElement('Name', bucket.name),
    textElement('Prefix', name(parameters.prefix)),
    textElement('StartAfter', startAfter === undefined ? undefined : name(startAfter)),
    textElement('ContinuationToken', request.query.get('continuation-token')),
    textElement('NextContinuationToken', truncated && last !== undefined ? writeToken(last) : undefined),
    textElement('KeyCount', page.length),
    textElement('MaxKeys', parameters.maxKeys),
    textElement('Delimiter', parameters.delimiter === '' ? undefined : name(parameters.delimiter)),
    textElement('EncodingType', parameters.encodingType),
    textElement('IsTruncated', truncated),
    ...page.map((entry) => (entry.kind === 'key' ? contents(call, entry.key, name) : commonPrefix(entry.prefix, name))),
  );
}

function contents({ bucket, request }: S3Call, key: string, name: ListParameters['name']): string {
  const version = bucket.current(key);
  if (version === null) return '';
  return element(
    'Contents',
    textElement('Key', name(key)),
    textElement('LastModified', new Date(version.lastModifiedMs).toISOString()),
    textElement('ETag', quoted(version.etag)),
    textElement('ChecksumAlgorithm', version.checksum?.algorithm),
    textElement('ChecksumType', version.checksum?.type),
    textElement('Size', version.sizeBytes),
    request.query.get('fetch-owner') === 'true' ? element('Owner', textElement('ID', 'LOCAL')) : '',
    textElement('StorageClass', 'STANDARD'),
  );
}

export function commonPrefix(prefix: string, name: ListParameters['name']): string {
  return element('CommonPrefixes', textElement('Prefix', name(prefix)));
}

/** Opaque to clients: the entry the page ended with, and whether it stood for many keys. */
function writeToken(last: ListEntry): string {
  const text = last.kind === 'key' ? `k${last.key}` : `p${last.prefix}`;
  return Buffer.from(text).toString('base64url');
}

/** A continuation token wins over `start-after`, which matters on the first page only. */
function readStart(
  query: ReadonlyMap<string, string>,
): { readonly kind: 'start'; readonly after: ListEntry | null } | Refusal {
  const token = query.get('continuation-token');
  if (token === undefined) {
    const startAfter = query.get('start-after') ?? '';
    return { kind: 'start', after: startAfter === '' ? null : { kind: 'key', key: startAfter } };
  }
  const text = Buffer.from(token, 'base64url').toString();
  if (text.startsWith('k')) return { kind: 'start', after: { kind: 'key', key: text.slice(1) } };
  if (text.startsWith('p')) return { kind: 'start', after: { kind: 'prefix', prefix: text.slice(1) } };
  return invalid('The continuation token provided is incorrect', 'continuation-token', token);
}
