/** One request through the server: read, verify, fault, operation, answer. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHook } from '../request-hook';
import { type Credentials, verifySignature } from './auth/signature';
import { faultBefore, faultInBody } from './faults/fault-effects';
import type { Fault } from './faults/fault';
import { createBucket, listBuckets } from './operations/bucket-operations';
import type { Outcome, S3Service } from './operations/call';
import { HANDLERS } from './operations/handlers';
import { type Operation, operationOf } from './operations/operation';
import { type AnswerStamp, answerRefusal, discardAnswer, sendAnswer } from './wire/answer';
import type { ChunkVerifier } from './wire/aws-chunked';
import { refuse, refuseWith } from './wire/refusal';
import { readRequest, type S3Request } from './wire/request';

export interface RequestContext {
  readonly service: S3Service;
  readonly credentials: Credentials | null;
  readonly log: (line: string) => void;
  readonly onRequest: RequestHook;
}

/** Answers a request. Settles always; what goes wrong inside is logged and answered as S3's InternalError. */
export async function handleRequest(
  context: RequestContext,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  const method = message.method ?? 'GET';
  const stamp = (): AnswerStamp => ({ date: context.service.now(), requestId, resource: message.url ?? '/', method });
  try {
    await answerRequest(context, message, response, stamp);
  } catch (error) {
    if (message.destroyed || response.destroyed) context.log(`${method} ${message.url} broken off by the client`);
    else if (response.headersSent) response.destroy();
    else {
      context.log(`${method} ${message.url} failed: ${error instanceof Error ? error.stack : String(error)}`);
      await sendAnswer(answerRefusal(refuse('InternalError'), stamp()), response, stamp());
    }
  }
  // A refusal may come before the body was read; unread bytes would hold the connection.
  message.resume();
}

async function answerRequest(
  context: RequestContext,
  message: IncomingMessage,
  response: ServerResponse,
  stamp: () => AnswerStamp,
): Promise<void> {
  const finish = async (
    outcome: Outcome,
    fault: Fault | null = null,
    request: S3Request | null = null,
  ): Promise<void> => {
    const toSend = outcome.kind === 'answer' ? outcome : answerRefusal(outcome, stamp());
    const code = outcome.kind === 'refusal' ? ` ${outcome.code}` : '';
    context.log(
      `${message.method} ${message.url} ${toSend.status}${code}${fault === null ? '' : ` (fault: ${fault.kind})`}`,
    );
    await context.onRequest(message, 'after');
    const through = request === null ? null : faultInBody(fault, toSend, request, message.socket);
    await sendAnswer(toSend, response, stamp(), through);
  };
  await context.onRequest(message, 'before');
  const request = readRequest(message);
  if (request.kind === 'refusal') return finish(request);
  const { credentials, service } = context;
  const verified = credentials === null ? null : verifySignature(request, credentials, service.now());
  if (verified?.kind === 'refusal') return finish(verified);
  const operation = operationOf(request);
  const { method, bucket, key } = request;
  const namesVersion = key !== null && request.query.has('versionId');
  const fault = service.faults.take({ method, operation, bucket, key, namesVersion });
  const before = await faultBefore(fault, request, message.socket);
  if (before.kind === 'gone') return;
  if (before.kind === 'refusal') return finish(before.refusal, fault);
  const outcome = await perform(service, before.request, operation, stamp().requestId, verified?.chunks ?? null);
  if (fault?.kind === 'lost-answer') {
    if (outcome.kind === 'answer') discardAnswer(outcome);
    if (fault.status !== undefined) return finish(refuseWith(fault.status, fault.code ?? 'InternalError'), fault);
    context.log(`${message.method} ${message.url} done, its answer lost (fault: lost-answer)`);
    message.socket.destroy();
    return;
  }
  await finish(outcome, fault, request);
}

async function perform(
  service: S3Service,
  request: S3Request,
  operation: Operation | null,
  requestId: string,
  chunks: ChunkVerifier | null,
): Promise<Outcome> {
  if (operation === null) return refuse('NotImplemented');
  if (operation === 'ListBuckets') return listBuckets(service.store);
  if (operation === 'CreateBucket') return createBucket(service.store, request);
  const bucket = service.store.bucket(request.bucket ?? '');
  if (bucket === null) return refuse('NoSuchBucket', { details: { BucketName: request.bucket ?? '' } });
  return HANDLERS[operation]({ service, request, bucket, key: request.key ?? '', requestId, chunks });
}
