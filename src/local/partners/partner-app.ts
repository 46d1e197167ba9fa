import { type Answer, htmlAnswer } from './answer';
import { fiddlerError } from './fiddler-answers';
import { type PartnerAppAccess, partnerAppRefusal } from './partner-app-signature';
import type { PartnerCall } from './partner-server';
import { readBody, replayed } from './request-body';

export type { PartnerAppAccess } from './partner-app-signature';

/** The gate AWS keeps before a partner app. It has the whole body first, since the signature may be over its hash. */
const MAX_BODY_BYTES = 105 * 1024 * 1024; // a part of a file upload, with its form

/** A call that AWS would let pass goes on to `inside`; any other is 403. Null when the caller went away. */
export async function throughPartnerApp(
  call: PartnerCall<never>,
  access: PartnerAppAccess,
  now: Date,
  inside: (call: PartnerCall<never>) => Promise<Answer | null>,
): Promise<Answer | null> {
  const body = await readBody(call.request, MAX_BODY_BYTES);
  if (body.kind === 'cut') return null;
  if (body.kind === 'too-large') return htmlAnswer(413);
  const { method, headers, request } = call;
  const refusal = await partnerAppRefusal(
    { method, target: request.url ?? '/', headers, body: body.bytes },
    access,
    now,
  );
  return refusal === null ? inside({ ...call, request: replayed(request, body.bytes) }) : fiddlerError(403, refusal);
}
