/** How each kind of fault shows on the wire. */
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Refusal, refuse, refuseWith } from '../wire/refusal';
import type { S3Request } from '../wire/request';
import type { Answer } from '../wire/answer';
import type { Fault } from './fault';

/** What is left to do after the part of a fault that comes before the operation. */
export type Before =
  | { readonly kind: 'go-on'; readonly request: S3Request }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** The connection is gone. */
  | { readonly kind: 'gone' };

/** Plays the part of a fault that comes before the operation. */
export async function faultBefore(fault: Fault | null, request: S3Request, socket: Socket): Promise<Before> {
  const refusal = fault === null ? null : refusalOf(fault);
  if (refusal !== null) return { kind: 'refusal', refusal };
  if (fault?.kind === 'slow' && fault.afterBytes === undefined) await sleep(fault.delayMs ?? 0);
  if (fault?.kind !== 'reset') return { kind: 'go-on', request };
  if (fault.afterBytes === undefined) {
    socket.resetAndDestroy();
    return { kind: 'gone' };
  }
  return { kind: 'go-on', request: isUpload(request) ? resetDuring(request, fault.afterBytes, socket) : request };
}

function refusalOf(fault: Fault): Refusal | null {
  if (fault.kind === 'status') return refuseWith(fault.status ?? 503, fault.code ?? 'SlowDown');
  if (fault.kind === 'deny') return refuse('AccessDenied');
  return fault.kind === 'conflict' ? refuse('ConditionalRequestConflict') : null;
}

function isUpload(request: S3Request): boolean {
  return request.method === 'PUT' || request.method === 'POST';
}

function resetDuring(request: S3Request, afterBytes: number, socket: Socket): S3Request {
  const cut = cutAfter(afterBytes, () => socket.resetAndDestroy());
  // The store may have let go of the body by then, and an error that nobody hears ends the process.
  cut.on('error', () => undefined);
  request.body.on('error', (error) => cut.destroy(error)).on('close', () => cut.end());
  return { ...request, body: request.body.pipe(cut) };
}

/** The stream to put between file and socket, or null when the fault does not touch the answer's body. */
export function faultInBody(fault: Fault | null, toSend: Answer, request: S3Request, socket: Socket): Transform | null {
  if (fault === null || toSend.body === null) return null;
  const lengthBytes = typeof toSend.body === 'string' ? Buffer.byteLength(toSend.body) : toSend.body.lengthBytes;
  if (fault.kind === 'truncate') {
    return cutAfter(fault.afterBytes ?? Math.floor(lengthBytes / 2), () => socket.destroySoon());
  }
  if (fault.afterBytes === undefined) return null;
  if (fault.kind === 'reset' && !isUpload(request)) return cutAfter(fault.afterBytes, () => socket.resetAndDestroy());
  return fault.kind === 'slow' ? pauseAfter(fault.afterBytes, fault.delayMs ?? 0) : null;
}

/** Lets so many bytes pass, then cuts the connection and never says that more will come. */
function cutAfter(afterBytes: number, cut: () => void): Transform {
  let leftBytes = afterBytes;
  let isCut = false;
  const check = (): void => {
    if (leftBytes > 0 || isCut) return;
    isCut = true;
    // One turn later, so that what has passed is in the socket's hands.
    setImmediate(cut);
  };
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (leftBytes > 0) this.push(piece.subarray(0, leftBytes));
      leftBytes -= piece.length;
      check();
      if (!isCut) done();
    },
  });
}

function pauseAfter(afterBytes: number, delayMs: number): Transform {
  let leftBytes = afterBytes;
  let paused = false;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      const first = piece.subarray(0, Math.max(0, leftBytes));
      leftBytes -= piece.length;
      if (first.length > 0) this.push(first);
      const rest = piece.subarray(first.length);
      if (paused || leftBytes > 0) {
        done(null, rest);
        return;
      }
      paused = true;
      setTimeout(() => done(null, rest), delayMs);
    },
  });
}
