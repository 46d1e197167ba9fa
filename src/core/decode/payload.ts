import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { NumberToken, type Payload, type Value } from '../types';
import { readCsv } from './csv-shape';
import { documentShape, readJson } from './json-shape';
import { decodeNpy, isNpy } from './npy';
import { certain, type DecodeLimits, positional, refused, type Side, type SideName } from './reading';
import type { SideConfig } from './side-config';

/**
 * One side's captured text to readings, by its own encoding: the two sides of an event often differ.
 * `encoding` is only a label SageMaker took from the content type lists of the endpoint: "JSON" may be JSON Lines, and
 * without those lists everything is BASE64, plain text included. So BASE64 is decoded first and then looked at.
 */
export function decodePayload(payload: Payload, side: SideName, config: SideConfig, limits: DecodeLimits): Side {
  if (config.format !== 'auto') return decodeAs(config.format, payload, side, config, limits);
  switch (payload.encoding) {
    case 'CSV':
      return decodeCsvText(payload.data, side, config, limits);
    case 'JSON':
      return (
        readJson(payload.data, side, config, limits) ??
        notJson(side, 'is marked JSON, but is neither one JSON document nor JSON Lines')
      );
    case 'BASE64':
      return decodeBase64(payload, side, config, limits);
    default:
      return refused(
        'UNKNOWN_ENCODING',
        `the ${side} says encoding "${payload.encoding.slice(0, 20)}"; Data Capture writes CSV, JSON or BASE64`,
      );
  }
}

/** The configuration knows better than the labels: containers do send CSV as text/plain and JSON as text/html. */
function decodeAs(
  format: 'csv' | 'json',
  payload: Payload,
  side: SideName,
  config: SideConfig,
  limits: DecodeLimits,
): Side {
  if (payload.encoding === 'BASE64' && !isBase64(payload.data))
    return refused('MALFORMED_BASE64', `the ${side} is marked BASE64, but is not base64 text`);
  const bytes = payload.encoding === 'BASE64' ? Buffer.from(payload.data, 'base64') : null;
  if (bytes !== null && !isUtf8(bytes))
    return refused('UNREADABLE_PAYLOAD', `the ${side} is to be read as ${format} (${side}.format), but it is not text`);
  const text = bytes === null ? payload.data : bytes.toString('utf8');
  if (format === 'csv') return readCsv(text, side, config);
  return (
    readJson(text, side, config, limits) ??
    notJson(side, `is to be read as JSON (${side}.format), but is neither one JSON document nor JSON Lines`)
  );
}

// Softprob outputs arrive as `[0.1, 0.7, 0.2]` under text/csv; a CSV row never starts with a bracket and parses as JSON.
function decodeCsvText(text: string, side: SideName, config: SideConfig, limits: DecodeLimits): Side {
  const json = /^\s*[[{]/.test(text) ? readJson(text, side, config, limits) : null;
  return json ?? readCsv(text, side, config);
}

function decodeBase64(payload: Payload, side: SideName, config: SideConfig, limits: DecodeLimits): Side {
  if (!isBase64(payload.data))
    return refused('MALFORMED_BASE64', `the ${side} is marked BASE64, but is not base64 text`);
  const bytes = Buffer.from(payload.data, 'base64');
  if (isNpy(bytes)) return decodeNpyBytes(bytes, side, config, limits);
  const type = mediaType(payload.contentType);
  if (isUtf8(bytes)) {
    const text = decodeText(bytes.toString('utf8'), type, side, config, limits);
    if (text !== null) return text;
  }
  const row = positional([opaque(bytes, payload.contentType)]);
  return isOneThing(type, bytes) ? certain([row]) : { kind: 'uncountable', row };
}

// Node's decoder takes anything and drops what does not fit; four characters carry three bytes, with padding or without.
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
}

/** Text inside BASE64, by what it looks like and what its type says; null: nothing that can be read, keep the bytes. */
function decodeText(text: string, type: string, side: SideName, config: SideConfig, limits: DecodeLimits): Side | null {
  const saysJson = /json/.test(type);
  if (saysJson || /^\s*[[{]/.test(text.replace(/^\uFEFF/, ''))) {
    const json = readJson(text, side, config, limits);
    if (json !== null) return json;
    if (saysJson) return notJson(side, `has the type ${type}, but is neither one JSON document nor JSON Lines`);
  }
  if (type === 'text/csv') return readCsv(text, side, config);
  if (type === 'text/plain' || type === 'text/event-stream')
    return text === '' ? certain([]) : certain([positional([text])]);
  if (type === 'text/html')
    return refused(
      'UNREADABLE_PAYLOAD',
      `the ${side} is an HTML page, as web servers send for errors; there is no prediction in it`,
    );
  return text === '' ? certain([]) : null;
}

function decodeNpyBytes(bytes: Buffer, side: SideName, config: SideConfig, limits: DecodeLimits): Side {
  const npy = decodeNpy(bytes, limits.maxValues);
  if (!npy.ok) return refused('MALFORMED_TENSOR', `the ${side}: ${npy.reason}`);
  const shape = documentShape(npy.value, side, config, limits);
  return shape.kind === 'read' ? { ...shape, nonFinite: npy.nonFinite } : shape;
}

/** Bytes that stay closed are described, never forwarded: megabytes of base64 are no feature. */
function opaque(bytes: Buffer, contentType: string | null): Value {
  return new Map<string, Value>([
    ['bytes', new NumberToken(String(bytes.length))],
    ['sha256', createHash('sha256').update(bytes).digest('hex')],
    ['contentType', contentType],
  ]);
}

const ONE_THING = /^(?:image|audio|video)\/|^application\/(?:x-image|pdf)$/;
const IMAGE_MAGIC = [
  Buffer.from('\x89PNG', 'latin1'),
  Buffer.from('\xff\xd8\xff', 'latin1'),
  Buffer.from('GIF8', 'latin1'),
];

/** One picture, sound or document is one inference; other bytes (recordio, npz, Parquet) may hold any number of rows. */
function isOneThing(type: string, bytes: Buffer): boolean {
  return ONE_THING.test(type) || IMAGE_MAGIC.some((magic) => bytes.subarray(0, magic.length).equals(magic));
}

const mediaType = (contentType: string | null): string => (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const notJson = (side: SideName, what: string): Side => refused('MALFORMED_JSON', `the ${side} ${what}`);
