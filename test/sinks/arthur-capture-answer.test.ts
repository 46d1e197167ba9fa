import { HandedLines } from '../../src/core/handed-lines';
import { readCaptureAnswer } from '../../src/sinks/arthur/capture-answer';
import { FILE } from '../support/capture-events';

/** Three lines of 1, 2 and 3 inferences. */
const handed = new HandedLines();
for (const inferences of [1, 2, 3])
  handed.add({ file: FILE, line: inferences * 10, byteOffset: 0, byteLength: 1 }, inferences);

const read = (body: unknown, status = 207) =>
  readCaptureAnswer(status, typeof body === 'string' ? body : JSON.stringify(body), handed);
const counts = (success: number, failure: number, total = success + failure) => ({ success, failure, total });
const atLine = (line: number, message = 'age 37 is no number') => ({ place: `line ${line}`, message });

describe("Arthur's answer to a capture file", () => {
  test.each<[string, unknown, number]>([
    ['counts of all inferences and no failure', { counts: counts(6, 0), failures: [] }, 207],
    ['counts of all lines', { counts: counts(3, 0) }, 200],
    ['207 without counts', {}, 207],
  ])('%s: accepted, and never more', (_, body, status) => {
    expect(read(body, status)).toEqual({ kind: 'accepted' });
  });

  test.each<[string, unknown]>([
    ['counted by inference', { counts: counts(4, 1), failures: [atLine(2)] }],
    ['counted by line', { counts: counts(2, 1), failures: [{ line: 2 }] }],
  ])('failures that are all listed, %s: those lines are rejected, the others accepted', (_, body) => {
    const result = read(body);

    expect(result).toMatchObject({ kind: 'partial', retry: [], rejected: [{ index: 1, code: 'PARTNER_REFUSED_ROW' }] });
    expect(JSON.stringify(result)).not.toContain('37');
  });

  test.each<[string, unknown]>([
    ['no list', { counts: counts(5, 1) }],
    ['a list that is too short', { counts: counts(3, 2), failures: [atLine(2)] }],
    ['a line twice', { counts: counts(3, 2), failures: [atLine(2), atLine(2)] }],
    ['a line that was never sent', { counts: counts(5, 1), failures: [atLine(4)] }],
    ['words of another form', { counts: counts(5, 1), failures: ['row 7 is bad'] }],
    ['successes that do not fit', { counts: counts(5, 1), failures: [atLine(2)] }],
  ])('failures, and %s: the whole file is refused, since no line is known to be good', (_, body) => {
    expect(read(body)).toMatchObject({ kind: 'rejected', code: 'PARTNER_REFUSED_ROW', isolate: false });
  });

  test.each<[string, unknown, number]>([
    ['a page', '<html></html>', 200],
    ['half an answer', '{"counts":{"success":6', 207],
    ['a list', [], 207],
    ['a 200 without counts', {}, 200],
    ['counts that do not add up', { counts: counts(6, 0, 7) }, 207],
    ['fewer inferences than were sent', { counts: counts(5, 0) }, 207],
  ])('%s: nothing is known', (_, body, status) => {
    expect(read(body, status)).toMatchObject({ kind: 'retryable', waitMs: null });
  });
});
