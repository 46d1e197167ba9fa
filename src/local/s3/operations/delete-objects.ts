/** DeleteObject, and DeleteObjects for up to 1,000 of them with a result for each. */
import { answer, xmlAnswer } from '../wire/answer';
import { receiveDocument } from '../wire/receive-body';
import { type Refusal, refuse } from '../wire/refusal';
import { childrenOf, childText, readXml, type XmlElement } from '../wire/xml-read';
import { element, textElement, xmlDocument } from '../wire/xml-write';
import type { Removed } from '../store/object-store';
import { UNCONDITIONAL, type WriteCondition, writeConditionOf } from '../store/write-condition';
import { announceRemoved } from './announce';
import type { Outcome, S3Call } from './call';
import { checkVersionId } from './find-version';

/** API reference, DeleteObjects: "The request can contain a list of up to 1,000 keys". */
const MAX_KEYS = 1000;

export function deleteObject(call: S3Call): Outcome {
  const { request, key } = call;
  const condition = writeConditionOf(request.headers);
  if (condition.kind === 'refusal') return condition;
  const versionId = request.query.get('versionId') ?? null;
  const removed = removeOne(call, key, versionId, condition);
  if (removed.kind === 'refusal') return removed;
  const marker = removed.marker ?? removed.removed;
  return answer(204, {
    ...(marker?.deleteMarker === true ? { 'x-amz-delete-marker': 'true' } : {}),
    ...(removed.marker !== null ? { 'x-amz-version-id': removed.marker.versionId } : {}),
    ...(versionId !== null ? { 'x-amz-version-id': versionId } : {}),
  });
}

function removeOne(call: S3Call, key: string, versionId: string | null, condition: WriteCondition): Removed | Refusal {
  const malformed = versionId === null ? null : checkVersionId(versionId);
  if (malformed !== null) return malformed;
  if (versionId !== null && condition.ifMatch !== null) {
    // Measured: S3 does not combine the two (localstack/localstack issue 13894).
    return refuse('NotImplemented', { details: { Header: 'If-Match' } });
  }
  const removed = call.service.store.remove(call.bucket, key, versionId, condition);
  if (removed.kind === 'removed') announceRemoved(call, key, removed);
  return removed;
}

export async function deleteObjects(call: S3Call): Promise<Outcome> {
  const document = await receiveDocument(call.request, call.chunks);
  if (document.kind === 'refusal') return document;
  const root = readXml(document.text);
  const objects = root === null ? [] : childrenOf(root, 'Object');
  if (root === null || root.name !== 'Delete' || objects.length === 0 || objects.length > MAX_KEYS) {
    return refuse('MalformedXML');
  }
  const quiet = childText(root, 'Quiet') === 'true';
  return xmlAnswer(xmlDocument('DeleteResult', ...objects.map((object) => deleteListed(call, object, quiet))));
}

function deleteListed(call: S3Call, object: XmlElement, quiet: boolean): string {
  const key = childText(object, 'Key') ?? '';
  const versionId = childText(object, 'VersionId');
  const condition = { ...UNCONDITIONAL, ifMatch: childText(object, 'ETag') ?? null };
  const removed = removeOne(call, key, versionId ?? null, condition);
  const named = textElement('Key', key) + textElement('VersionId', versionId);
  if (removed.kind === 'refusal') {
    return element('Error', named, textElement('Code', removed.code), textElement('Message', removed.message));
  }
  if (quiet) return '';
  const marker = removed.marker ?? (removed.removed?.deleteMarker === true ? removed.removed : null);
  return element(
    'Deleted',
    named,
    textElement('DeleteMarker', marker === null ? undefined : true),
    textElement('DeleteMarkerVersionId', marker?.versionId),
  );
}
