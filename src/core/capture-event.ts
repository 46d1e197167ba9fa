import { isUtf8 } from 'node:buffer';
import type { CaptureEvent, CaptureFile, Line, Payload, Place, Rejection, Skip, SkipKind } from './types';
import { messageOf } from './errors';

/**
 * A line to a capture event; or a rejection, when it should have been one; or a skip, when it is another of
 * SageMaker's files and says so. The envelope holds only strings, so `JSON.parse` is exact here.
 */
export type ParsedLine =
  | { readonly kind: 'event'; readonly event: CaptureEvent }
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  | { readonly kind: 'skip'; readonly skip: Skip }
  /** Nothing but white space: no line in any count. */
  | { readonly kind: 'blank' };

type Json = Readonly<Record<string, unknown>>;

export function parseCaptureLine(line: Line, file: CaptureFile, maxLineBytes: number): ParsedLine {
  const place: Place = { file, line: line.number, byteOffset: line.byteOffset, byteLength: line.byteLength };
  if (line.bytes === null) {
    return refuse(
      place,
      'line',
      'LINE_TOO_LONG',
      `the line has ${line.byteLength} bytes; limits.maxLineBytes allows ${maxLineBytes}`,
    );
  }
  if (!isUtf8(line.bytes)) return refuse(place, 'line', 'INVALID_UTF8', 'the line is not UTF-8 text');
  const text = line.bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { kind: 'blank' };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refuse(
      place,
      'line',
      'MALFORMED_LINE',
      `the line is not one JSON object: ${withoutQuotes(messageOf(error))}`,
    );
  }
  const kind = otherKind(document);
  if (kind !== null)
    return { kind: 'skip', skip: { kind, reason: SKIP_REASONS[kind], place, lines: 1, inferences: 1 } };
  return readEvent(document, place);
}

// V8 prints a piece of the text it could not parse; that piece is payload and must not reach a log.
function withoutQuotes(message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (/end of (?:JSON )?input|Unterminated/i.test(message)) return 'it ends too early';
  return position === undefined ? 'not JSON' : `not JSON at character ${position}`;
}

function readEvent(document: unknown, place: Place): ParsedLine {
  if (!isRecord(document) || !isRecord(document.captureData)) {
    return refuse(
      place,
      'event',
      'NOT_A_CAPTURE_EVENT',
      'JSON, but no object with "captureData" as Data Capture writes it',
    );
  }
  const metadata = isRecord(document.eventMetadata) ? document.eventMetadata : {};
  const malformed = ['eventId', 'inferenceId', 'inferenceTime'].find((name) => !isIdentifier(metadata[name]));
  if (malformed !== undefined) {
    return refuse(
      place,
      'event',
      'MALFORMED_EVENT',
      `eventMetadata.${malformed} is no text of at most ${MAX_ID_CHARACTERS} characters`,
    );
  }
  const eventId = nonEmpty(metadata.eventId);
  const inferenceId = nonEmpty(metadata.inferenceId);
  if (eventId === null && inferenceId === null) {
    return refuse(
      place,
      'event',
      'NO_EVENT_ID',
      'eventMetadata holds neither eventId nor inferenceId, so no stable id can be given',
    );
  }
  const input = readPayload(document.captureData.endpointInput);
  const output = readPayload(document.captureData.endpointOutput);
  if (input === 'malformed' || output === 'malformed') {
    const side = input === 'malformed' ? 'endpointInput' : 'endpointOutput';
    return refuse(place, 'event', 'MALFORMED_EVENT', `captureData.${side} holds no text under "data"`);
  }
  if (input === null && output === null) {
    return refuse(place, 'event', 'NO_PAYLOAD', 'captureData holds neither endpointInput nor endpointOutput');
  }
  return {
    kind: 'event',
    event: {
      eventId,
      inferenceId,
      inferenceTime: nonEmpty(metadata.inferenceTime),
      customAttributes: strings(metadata.customAttributes),
      invocationSource: nonEmpty(metadata.invocationSource),
      input,
      output,
      place,
    },
  };
}

// The API allows 64 characters for an inference id; ids beyond this bound are no ids.
const MAX_ID_CHARACTERS = 256;

function isIdentifier(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.length <= MAX_ID_CHARACTERS);
}

/** `mode` is not asked: it is missing in merged records, and the name of the member says which side it is. */
function readPayload(side: unknown): Payload | null | 'malformed' {
  if (side === undefined || side === null) return null;
  if (!isRecord(side) || typeof side.data !== 'string') return 'malformed';
  return {
    encoding: typeof side.encoding === 'string' ? side.encoding : '',
    contentType: nonEmpty(side.observedContentType),
    data: side.data,
  };
}

/** Which other file of SageMaker's this document belongs to; null when it may be a capture event. */
function otherKind(document: unknown): SkipKind | null {
  if (Array.isArray(document)) return isManifest(document) ? 'batch-manifest' : null;
  if (!isRecord(document)) return null;
  if (document.Event === 's3:TestEvent') return 'test-event';
  if (isRecord(document.captureData) && 'batchTransformOutput' in document.captureData) return 'merged-record';
  if ('groundTruthData' in document) return 'captureData' in document ? 'merged-record' : 'ground-truth';
  if (!('captureData' in document) && 'SageMakerInferenceId' in document && 'SageMakerInferenceTime' in document)
    return 'batch-transform-output';
  return null;
}

/** `[{"prefix": "s3://…"}, "object", …]`: what Data Capture writes for batch transform (AWS, model-monitor-data-capture-batch). */
export function isManifest(document: unknown): boolean {
  if (!Array.isArray(document)) return false;
  const [first, ...rest] = document as unknown[];
  return isRecord(first) && typeof first.prefix === 'string' && rest.every((entry) => typeof entry === 'string');
}

export const SKIP_REASONS: Readonly<Record<SkipKind, string>> = {
  'test-event': 'an s3:TestEvent, which S3 sends when a notification is set up; it holds no inference',
  'batch-manifest': 'a batch transform manifest: it lists objects and holds no inference',
  'batch-transform-output': 'an output of batch transform, not of an endpoint',
  'merged-record': 'a merged record of Model Monitor: a capture joined with its label, captured once already',
  'ground-truth': 'a ground truth upload: a label, not an inference',
  shadow: 'a shadow variant answered; its response was never shown to a caller, and no shadow route is configured here',
  variant: 'another production variant than this sink is configured for',
};

function refuse(place: Place, stage: 'line' | 'event', code: string, reason: string): ParsedLine {
  return { kind: 'rejection', rejection: { stage, code, reason, place, row: null, partnerInferenceId: null } };
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function strings(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}
