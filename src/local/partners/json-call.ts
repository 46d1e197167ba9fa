import { type Answer, htmlAnswer } from './answer';
import { type Json, parseJson } from './json';
import { readBody, type RequestStream } from './request-body';

/**
 * Reads a JSON body and hands it to `take`. What is no JSON at all is refused whole with 400; what is over `maxBytes`
 * with 413 and a page. Null when the caller went away.
 */
export async function withJson(
  request: RequestStream,
  maxBytes: number,
  error: (status: number, message: string) => Answer,
  take: (value: Json) => Answer,
): Promise<Answer | null> {
  const body = await readBody(request, maxBytes);
  if (body.kind === 'cut') return null;
  if (body.kind === 'too-large') return htmlAnswer(413);
  const parsed = parseJson(body.bytes);
  return parsed.ok ? take(parsed.value) : error(400, parsed.reason);
}
