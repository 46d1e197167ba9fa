/** ListObjectVersions: every version and delete marker, keys in UTF-8 order, newest first within a key. */
import type { Bucket } from '../store/bucket';
import type { ObjectVersion } from '../store/object-version';
import { xmlAnswer } from '../wire/answer';
import { quoted } from '../wire/entity-tag';
import { element, textElement, xmlDocument } from '../wire/xml-write';
import type { Outcome, S3Call } from './call';
import { commonPrefix } from './list-objects';
import { type ListParameters, readListParameters } from './list-parameters';
import { type ListEntry, walkKeys } from './list-walk';

type VersionEntry =
  | { readonly kind: 'version'; readonly key: string; readonly version: ObjectVersion; readonly latest: boolean }
  | Extract<ListEntry, { kind: 'prefix' }>;

export function listObjectVersions({ bucket, request }: S3Call): Outcome {
  const parameters = readListParameters(request.query);
  if (parameters.kind === 'refusal') return parameters;
  const keyMarker = request.query.get('key-marker') ?? '';
  const versionIdMarker = request.query.get('version-id-marker') ?? '';
  const page: VersionEntry[] = [];
  let truncated = false;
  for (const entry of walkVersions(bucket, parameters, keyMarker, versionIdMarker)) {
    truncated = page.length === parameters.maxKeys && parameters.maxKeys > 0;
    if (page.length === parameters.maxKeys) break;
    page.push(entry);
  }
  const { name } = parameters;
  const last = truncated ? page.at(-1) : undefined;
  return xmlAnswer(
    xmlDocument(
      'ListVersionsResult',
      textElement('Name', bucket.name),
      textElement('Prefix', name(parameters.prefix)),
      textElement('KeyMarker', name(keyMarker)),
      textElement('VersionIdMarker', versionIdMarker),
      textElement(
        'NextKeyMarker',
        last === undefined ? undefined : name(last.kind === 'version' ? last.key : last.prefix),
      ),
      textElement('NextVersionIdMarker', last?.kind === 'version' ? last.version.versionId : undefined),
      textElement('MaxKeys', parameters.maxKeys),
      textElement('Delimiter', parameters.delimiter === '' ? undefined : name(parameters.delimiter)),
      textElement('EncodingType', parameters.encodingType),
      textElement('IsTruncated', truncated),
      ...page.map((entry) =>
        entry.kind === 'version' ? versionElement(entry, name) : commonPrefix(entry.prefix, name),
      ),
    ),
  );
}

function* walkVersions(
  bucket: Bucket,
  { prefix, delimiter }: ListParameters,
  keyMarker: string,
  versionIdMarker: string,
): Generator<VersionEntry> {
  const begun = bucket.versionsOf(keyMarker);
  const resumed = versionIdMarker === '' ? -1 : begun.findIndex((version) => version.versionId === versionIdMarker);
  if (resumed !== -1) yield* versionsFrom(keyMarker, begun, resumed + 1);
  const after = markerEntry(keyMarker, prefix, delimiter);
  for (const entry of walkKeys(bucket.keys(), { prefix, delimiter, after, isVisible: () => true })) {
    if (entry.kind === 'prefix') yield entry;
    else yield* versionsFrom(entry.key, bucket.versionsOf(entry.key), 0);
  }
}

/** A marker that ends with the delimiter is the common prefix the page before ended with. */
function markerEntry(keyMarker: string, prefix: string, delimiter: string): ListEntry | null {
  if (keyMarker === '') return null;
  const isCommon = delimiter !== '' && keyMarker.length > prefix.length && keyMarker.endsWith(delimiter);
  return isCommon ? { kind: 'prefix', prefix: keyMarker } : { kind: 'key', key: keyMarker };
}

function* versionsFrom(key: string, versions: readonly ObjectVersion[], from: number): Generator<VersionEntry> {
  for (const [index, version] of versions.entries()) {
    if (index >= from) yield { kind: 'version', key, version, latest: index === 0 };
  }
}

function versionElement(entry: Extract<VersionEntry, { kind: 'version' }>, name: ListParameters['name']): string {
  const { key, version, latest } = entry;
  const common =
    textElement('Key', name(key)) +
    textElement('VersionId', version.versionId) +
    textElement('IsLatest', latest) +
    textElement('LastModified', new Date(version.lastModifiedMs).toISOString());
  if (version.deleteMarker) return element('DeleteMarker', common);
  return element(
    'Version',
    common,
    textElement('ETag', quoted(version.etag)),
    textElement('Size', version.sizeBytes),
    textElement('StorageClass', 'STANDARD'),
  );
}
