/** Buckets themselves: make, find, list, and their versioning. */
import { answer, xmlAnswer } from '../wire/answer';
import { receiveDocument } from '../wire/receive-body';
import { refuse } from '../wire/refusal';
import type { S3Request } from '../wire/request';
import { childText, readXml } from '../wire/xml-read';
import { element, textElement, xmlDocument } from '../wire/xml-write';
import { EVENT_REGION } from '../events/event-record';
import type { ObjectStore } from '../store/object-store';
import type { Outcome, S3Call } from './call';

/** S3 User Guide, "General purpose bucket naming rules", without the list of reserved beginnings and endings. */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function isBucketName(name: string): boolean {
  return BUCKET_NAME.test(name);
}

/** The location constraint in the body is accepted and means nothing: one machine has one region. */
export function createBucket(store: ObjectStore, request: S3Request): Outcome {
  const name = request.bucket ?? '';
  if (!isBucketName(name)) return refuse('InvalidBucketName', { details: { BucketName: name } });
  if (store.bucket(name) !== null) return refuse('BucketAlreadyOwnedByYou', { details: { BucketName: name } });
  store.createBucket(name);
  return answer(200, { location: `/${name}` });
}

export function listBuckets(store: ObjectStore): Outcome {
  const buckets = store
    .listBuckets()
    .map((bucket) =>
      element(
        'Bucket',
        textElement('Name', bucket.name),
        textElement('CreationDate', new Date(bucket.createdAtMs).toISOString()),
      ),
    );
  return xmlAnswer(
    xmlDocument('ListAllMyBucketsResult', element('Owner', textElement('ID', 'LOCAL')), element('Buckets', ...buckets)),
  );
}

export function headBucket(): Outcome {
  return answer(200, { 'x-amz-bucket-region': EVENT_REGION });
}

/** A bucket whose versioning was never set answers an empty document. */
export function getBucketVersioning({ bucket }: S3Call): Outcome {
  const status = bucket.versioning === 'off' ? undefined : bucket.versioning;
  return xmlAnswer(xmlDocument('VersioningConfiguration', textElement('Status', status)));
}

export async function putBucketVersioning(call: S3Call): Promise<Outcome> {
  const document = await receiveDocument(call.request, call.chunks);
  if (document.kind === 'refusal') return document;
  const root = readXml(document.text);
  const status = root?.name === 'VersioningConfiguration' ? childText(root, 'Status') : undefined;
  if (status !== 'Enabled' && status !== 'Suspended') return refuse('MalformedXML');
  call.service.store.setVersioning(call.bucket, status);
  return answer(200);
}
