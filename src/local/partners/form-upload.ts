import { boundaryOf, MultipartReader, type PartReader } from './multipart';
import { type RequestStream, streamBody } from './request-body';

/** One uploaded form, read as it arrives. */
export type FormOutcome = 'whole' | 'too-large' | 'cut' | 'malformed';

/** Streams the parts of a request of at most `maxBytes` to `onPart`. Anything but multipart/form-data is malformed. */
export async function readForm(request: RequestStream, maxBytes: number, onPart: PartReader): Promise<FormOutcome> {
  const boundary = boundaryOf(request.headers['content-type']);
  if (boundary === null) {
    const outcome = await streamBody(request, maxBytes, () => {});
    return outcome === 'whole' ? 'malformed' : outcome;
  }
  const reader = new MultipartReader(boundary, onPart);
  const outcome = await streamBody(request, maxBytes, (chunk) => reader.push(chunk));
  if (outcome !== 'whole') return outcome;
  return reader.complete ? 'whole' : 'malformed';
}
