import { jsonLog } from '../../src/aws/log';
import { RejectionLog } from '../../src/app/rejection-log';
import type { Rejection } from '../../src/core/types';
import { FILE } from '../support/capture-events';

const rejection = (line: number, code: string, reason: string): Rejection => ({
  stage: 'line',
  code,
  reason,
  place: { file: FILE, line, byteOffset: line * 10, byteLength: 9 },
  row: null,
  partnerInferenceId: null,
});

function logged(rejections: readonly Rejection[]): { rejections: number; places: { line: number }[] }[] {
  const lines: string[] = [];
  const log = new RejectionLog(
    jsonLog((line) => lines.push(line)),
    { sink: 's' },
  );
  for (const each of rejections) log.add(each);
  log.flush();
  return lines.map((line) => JSON.parse(line) as { rejections: number; places: { line: number }[] });
}

describe('the rejection log', () => {
  test('holds every rejection once with its place, and gathers kinds that differ only in a number', () => {
    const many = Array.from({ length: 1_000 }, (_, at) =>
      rejection(at, at % 2 === 0 ? 'A' : 'B', `bad at character ${at}`),
    );
    const lines = logged(many);

    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.flatMap((line) => line.places.map((place) => place.line)).sort((a, b) => a - b)).toEqual(
      many.map((_, at) => at),
    );
  });

  test('stays bounded when every rejection is of a kind of its own', () => {
    const lines = logged(
      Array.from({ length: 100 }, (_, at) =>
        rejection(at, `CODE_${String.fromCharCode(65 + (at % 26))}${'x'.repeat(at)}`, 'r'),
      ),
    );

    expect(lines.reduce((sum, line) => sum + line.rejections, 0)).toBe(100);
  });
});
