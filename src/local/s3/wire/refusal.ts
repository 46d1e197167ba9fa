/**
 * What S3 says when it will not do something. Handlers return refusals as values; only a body that breaks in the middle
 * of being read has to throw one (`RefusedBody`), because streams know no other way out.
 */

export interface Refusal {
  readonly kind: 'refusal';
  readonly status: number;
  readonly code: RefusalCode;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Further elements of the error document, such as `ArgumentName`. */
  readonly details: Readonly<Record<string, string>>;
}

/** Status and usual message of each code. Source: S3 API reference, "Error responses", list of error codes. */
const REFUSALS = {
  AccessDenied: [403, 'Access Denied'],
  AuthorizationHeaderMalformed: [400, 'The authorization header that you provided is not valid.'],
  BadDigest: [400, 'The Content-MD5 or checksum value that you specified did not match what the server received.'],
  BucketAlreadyOwnedByYou: [409, 'Your previous request to create the named bucket succeeded and you already own it.'],
  ConditionalRequestConflict: [409, 'The conditional request cannot succeed due to a conflicting operation.'],
  EntityTooSmall: [400, 'Your proposed upload is smaller than the minimum allowed size'],
  IncompleteBody: [400, 'You did not provide the number of bytes specified by the Content-Length HTTP header.'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidBucketName: [400, 'The specified bucket is not valid.'],
  InvalidDigest: [400, 'The Content-MD5 or checksum value that you specified is not valid.'],
  InvalidPart: [400, 'One or more of the specified parts could not be found or its entity tag did not match.'],
  InvalidPartOrder: [400, 'The list of parts was not in ascending order. Parts must be ordered by part number.'],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  InvalidRequest: [400, 'Invalid Request'],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  KeyTooLongError: [400, 'Your key is too long'],
  MalformedTrailerError: [400, 'The request contained trailing data that was not well-formed or did not conform.'],
  MalformedXML: [400, 'The XML you provided was not well-formed or did not validate against our published schema'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchUpload: [404, 'The specified multipart upload does not exist.'],
  NoSuchVersion: [404, 'The specified version does not exist.'],
  NotImplemented: [501, 'A header or query you provided implies functionality that is not implemented.'],
  NotModified: [304, 'Not Modified'],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  SlowDown: [503, 'Please reduce your request rate.'],
  XAmzContentSHA256Mismatch: [400, "The provided 'x-amz-content-sha256' header does not match what was computed."],
} as const satisfies Record<string, readonly [number, string]>;

export type KnownRefusalCode = keyof typeof REFUSALS;
/** Fault injection may use codes this server never gives by itself. */
export type RefusalCode = KnownRefusalCode | (string & {});

interface RefusalExtras {
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, string>>;
}

/** A refusal with the status and, unless given, the message that S3 uses for the code. */
export function refuse(code: KnownRefusalCode, extras: RefusalExtras = {}): Refusal {
  const [status, message] = REFUSALS[code];
  return {
    kind: 'refusal',
    status,
    code,
    message: extras.message ?? message,
    headers: extras.headers ?? {},
    details: extras.details ?? {},
  };
}

/** A refusal with a status chosen by a test. */
export function refuseWith(status: number, code: string): Refusal {
  const [, message] = Object.entries(REFUSALS).find(([known]) => known === code)?.[1] ?? [status, code];
  return { kind: 'refusal', status, code, message, headers: {}, details: {} };
}

/** Thrown out of a body that is being read, caught where the body is received, and answered as its refusal. */
export class RefusedBody extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = 'RefusedBody';
  }
}
