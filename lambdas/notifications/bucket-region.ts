/**
 * S3 answers requests for a bucket of another region so. Source: S3 API Reference, "Error responses"; the header
 * `x-amz-bucket-region` stands beside each of them, also where the caller may not ask for the bucket's location.
 */
const REDIRECTS = new Set(['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed']);
const REDIRECT_STATUS = new Set([301, 307]);

/** As an AWS client throws it. */
interface S3Failure {
  readonly name?: unknown;
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> };
}

/**
 * Why a bucket of another region cannot be watched, and what to do; null for any other error. A queue or topic that is
 * told must be in the bucket's region (S3 User Guide, "Supported event destinations").
 */
export function otherRegionReason(error: unknown, bucket: string, region: string): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { name, Region, $metadata, $response } = error as S3Failure;
  if (!REDIRECTS.has(String(name)) && !REDIRECT_STATUS.has(Number($metadata?.httpStatusCode))) return null;
  const told = [$response?.headers?.['x-amz-bucket-region'], Region].find((each) => typeof each === 'string');
  // A malformed header that is about something else.
  if (told === region || (told === undefined && name === 'AuthorizationHeaderMalformed')) return null;
  const place = typeof told === 'string' ? told : 'another region';
  return `bucket ${bucket} is in ${place}, and this function in ${region}: S3 notifies within one region only; deploy this model by an application of ${typeof told === 'string' ? told : "the bucket's region"} (region in its capture-relay.yaml), or take a bucket of ${region}`;
}
