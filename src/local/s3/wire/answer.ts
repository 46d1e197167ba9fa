/** What the server answers: XML, nothing, or a slice of an open file; and how that goes over the wire. */
import { closeSync, createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Readable, type Transform } from 'node:stream';
import type { Refusal } from './refusal';
import { textElement } from './xml-write';

/** Part of a file that is already open, so that a concurrent delete cannot take it away. Whoever holds it closes it. */
export interface FileSlice {
  readonly descriptor: number;
  readonly start: number;
  readonly lengthBytes: number;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FileSlice | null;
}

/** What belongs to every answer, whatever it says. */
export interface AnswerStamp {
  readonly date: Date;
  readonly requestId: string;
  readonly resource: string;
  readonly method: string;
}

/** Few large reads instead of many small ones; memory per download stays at twice this. */
const READ_BYTES = 256 * 1024;

/** An answer without a body. */
export function answer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'answer', status, headers, body: null };
}

/** A 200 with an XML document. */
export function xmlAnswer(document: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'answer', status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: document };
}

/** The error document; HEAD and 304 carry none, which is why clients see only a status there. */
export function answerRefusal(refusal: Refusal, stamp: AnswerStamp): Answer {
  if (stamp.method === 'HEAD' || refusal.status === 304) return answer(refusal.status, refusal.headers);
  const details = Object.entries(refusal.details).map(([name, text]) => textElement(name, text));
  const body =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error>' +
    textElement('Code', refusal.code) +
    textElement('Message', refusal.message) +
    details.join('') +
    textElement('Resource', stamp.resource) +
    textElement('RequestId', stamp.requestId) +
    textElement('HostId', stamp.requestId) +
    '</Error>';
  return {
    kind: 'answer',
    status: refusal.status,
    headers: { 'content-type': 'application/xml', ...refusal.headers },
    body,
  };
}

/** Closes what an answer holds open. For answers that are thrown away. */
export function discardAnswer(unsent: Answer): void {
  if (isSlice(unsent.body)) closeSync(unsent.body.descriptor);
}

/**
 * Sends an answer, streaming a file slice with back-pressure.
 * `through` sits between file and socket (fault injection). Resolves also when the client went away: that is its right.
 */
export async function sendAnswer(
  toSend: Answer,
  response: ServerResponse,
  stamp: AnswerStamp,
  through: Transform | null = null,
): Promise<void> {
  response.sendDate = false;
  response.writeHead(toSend.status, {
    ...toSend.headers,
    ...(needsLength(toSend) ? { 'content-length': String(lengthOf(toSend.body)) } : {}),
    date: stamp.date.toUTCString(),
    server: 'AmazonS3',
    'x-amz-request-id': stamp.requestId,
    'x-amz-id-2': stamp.requestId,
  });
  const source = stamp.method === 'HEAD' ? null : sourceOf(toSend.body);
  if (source === null) {
    discardAnswer(toSend);
    response.end();
    return;
  }
  // Node holds headers back until the first byte of the body, which a fault may never let pass.
  if (through !== null) response.flushHeaders();
  await (through === null ? pipeline(source, response) : pipeline(source, through, response)).catch(() =>
    response.destroy(),
  );
}

/** Null for nothing to send; then a slice is still open. */
function sourceOf(body: Answer['body']): Readable | null {
  if (lengthOf(body) === 0 || body === null) return null;
  if (!isSlice(body)) return Readable.from([Buffer.from(body)]);
  const end = body.start + body.lengthBytes - 1;
  return createReadStream('', { fd: body.descriptor, start: body.start, end, highWaterMark: READ_BYTES });
}

/** 204 and 304 must not carry a length; a HEAD answer states the length of what GET would send, set by its handler. */
function needsLength(toSend: Answer): boolean {
  return toSend.status !== 204 && toSend.status !== 304 && toSend.headers['content-length'] === undefined;
}

function lengthOf(body: Answer['body']): number {
  if (body === null) return 0;
  return isSlice(body) ? body.lengthBytes : Buffer.byteLength(body);
}

function isSlice(body: Answer['body']): body is FileSlice {
  return typeof body === 'object' && body !== null;
}
