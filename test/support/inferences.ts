import { NumberToken, type Inference, type InferenceBatch, type Value } from '../../src/core/types';
import { FILE } from './capture-events';

export const number = (text: string | number): NumberToken => new NumberToken(String(text));

export function columns(record: Readonly<Record<string, Value | number>>): Map<string, Value> {
  return new Map(
    Object.entries(record).map(([name, value]) => [name, typeof value === 'number' ? number(value) : value]),
  );
}

export function inference(parts: Partial<Inference> = {}): Inference {
  return {
    partnerInferenceId: 'id-0',
    eventId: 'event',
    inferenceId: null,
    index: 0,
    count: 1,
    inferenceTime: '2026-09-01T12:00:00Z',
    endpoint: 'churn',
    variant: 'AllTraffic',
    shadow: false,
    customAttributes: [],
    inputs: columns({ age: 37 }),
    outputs: columns({ score: number('0.50') }),
    place: { file: FILE, line: 1, byteOffset: 0, byteLength: 10 },
    ...parts,
  };
}

export function batchOf(size: number, attempt = 0): InferenceBatch {
  const inferences = Array.from({ length: size }, (_, at) => inference({ partnerInferenceId: `id-${at}` }));
  return {
    inferences,
    rows: inferences.map((each) => `{"id":"${each.partnerInferenceId}"}`),
    bodyBytes: size * 20,
    attempt,
  };
}
