import type { CaptureEvent, CaptureFile, Payload } from '../../src/core/types';

/** Whole valid events, and the lines Data Capture would write for them. */

export const FILE: CaptureFile = {
  bucket: 'captures',
  key: 'p/churn/AllTraffic/2026/09/01/12/00-00-000-11111111-2222-4333-8444-555555555555.jsonl',
  versionId: null,
};

export const csv = (data: string, contentType: string | null = 'text/csv'): Payload => ({
  encoding: 'CSV',
  contentType,
  data,
});
export const json = (data: unknown, contentType: string | null = 'application/json'): Payload => ({
  encoding: 'JSON',
  contentType,
  data: typeof data === 'string' ? data : JSON.stringify(data),
});
export const base64 = (data: Buffer | string, contentType: string | null = null): Payload => ({
  encoding: 'BASE64',
  contentType,
  data: Buffer.from(data).toString('base64'),
});

export function captureEvent(parts: Partial<CaptureEvent> = {}): CaptureEvent {
  return {
    eventId: 'event',
    inferenceId: null,
    inferenceTime: '2026-09-01T12:00:00Z',
    customAttributes: [],
    invocationSource: null,
    input: csv('1,2'),
    output: csv('0.5'),
    place: { file: FILE, line: 1, byteOffset: 0, byteLength: 0 },
    ...parts,
  };
}

/** One line of a capture file, without its newline. */
export function captureLine(parts: Partial<CaptureEvent> = {}): string {
  const event = captureEvent(parts);
  const side = (payload: Payload | null, mode: string): object | undefined =>
    payload === null
      ? undefined
      : { observedContentType: payload.contentType, mode, data: payload.data, encoding: payload.encoding };
  return JSON.stringify({
    captureData: { endpointInput: side(event.input, 'INPUT'), endpointOutput: side(event.output, 'OUTPUT') },
    eventMetadata: {
      eventId: event.eventId ?? undefined,
      inferenceId: event.inferenceId ?? undefined,
      customAttributes: event.customAttributes.length > 0 ? event.customAttributes : undefined,
      invocationSource: event.invocationSource ?? undefined,
      inferenceTime: event.inferenceTime ?? undefined,
    },
    eventVersion: '0',
  });
}

export const captureFileText = (events: readonly Partial<CaptureEvent>[]): string =>
  events.map((event) => `${captureLine(event)}\n`).join('');
