import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';

/** Reads request bodies up to a limit; what lies beyond it is thrown away as it arrives and never held. */

/** What the partners read of a request: its headers, its target, and its body as a stream. */
export interface RequestStream extends Readable {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}

export type RequestBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  /** The caller went away before its body was complete: there is nobody to answer. */
  | { readonly kind: 'cut' };

/**
 * Hands each piece of the body to `take`, in order.
 * A declared length over `maxBytes` is refused before a byte is read, as nginx does; a chunked body when it passes the limit.
 */
export function streamBody(
  request: RequestStream,
  maxBytes: number,
  take: (chunk: Buffer) => void,
): Promise<'whole' | 'too-large' | 'cut'> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    // The listener stays after a refusal and drops what comes: leaving an async iterator instead stalls the connection.
    let isRefused = Number(request.headers['content-length'] ?? 0) > maxBytes;
    if (isRefused) resolve('too-large');
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      isRefused ||= bytes > maxBytes;
      if (isRefused) return resolve('too-large');
      try {
        take(chunk);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error))); // thrown from a listener it would end the process
      }
    });
    request.once('end', () => resolve('whole'));
    request.once('error', () => resolve('cut'));
    request.once('close', () => resolve('cut'));
  });
}

/** Reads a whole body of at most `maxBytes` into memory. */
export async function readBody(request: RequestStream, maxBytes: number): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  const outcome = await streamBody(request, maxBytes, (chunk) => chunks.push(chunk));
  return outcome === 'whole' ? { kind: 'whole', bytes: Buffer.concat(chunks) } : { kind: outcome };
}

/** The request again with its body, which was read before. */
export function replayed(request: RequestStream, bytes: Buffer): RequestStream {
  const { headers, url } = request;
  return Object.assign(Readable.from(bytes.length === 0 ? [] : [bytes]), { headers, url });
}

/** Reads to the end without keeping anything. False when the caller went away. */
export async function drainBody(request: RequestStream): Promise<boolean> {
  return (await streamBody(request, Number.POSITIVE_INFINITY, () => {})) === 'whole';
}
