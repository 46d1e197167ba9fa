/** What a handler of an operation gets: the server's parts and the request, already addressed. */
import type { Notifier } from '../events/notifier';
import type { FaultList } from '../faults/fault';
import type { Bucket } from '../store/bucket';
import type { MultipartUploads } from '../store/multipart-uploads';
import type { ObjectStore } from '../store/object-store';
import type { Answer } from '../wire/answer';
import type { ChunkVerifier } from '../wire/aws-chunked';
import type { Refusal } from '../wire/refusal';
import type { S3Request } from '../wire/request';

export interface S3Service {
  readonly store: ObjectStore;
  readonly uploads: MultipartUploads;
  readonly notifier: Notifier;
  readonly faults: FaultList;
  readonly now: () => Date;
}

export interface S3Call {
  readonly service: S3Service;
  readonly request: S3Request;
  readonly bucket: Bucket;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly requestId: string;
  readonly chunks: ChunkVerifier | null;
}

export type Outcome = Answer | Refusal;
export type Handler = (call: S3Call) => Outcome | Promise<Outcome>;
