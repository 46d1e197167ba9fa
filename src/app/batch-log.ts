import type { BatchOutcome } from '../core/deliver';
import type { BatchSpan } from '../ledger/entry';

/** An entry is written often: what it tells of its batches stays below some 10 KB. */
const MAX_SPANS = 64;

/** What was sent of a file, for whoever asks later what the partner said of an inference. */
export class BatchLog {
  private made: BatchSpan[];

  constructor(earlier: readonly BatchSpan[]) {
    this.made = [...earlier];
  }

  add(outcome: BatchOutcome, atMs: number): void {
    const answer = answerOf(outcome);
    if (answer === null) return;
    const lines = [
      ...outcome.stored.flatMap(({ inferences }) => inferences.map(({ place }) => place.line)),
      ...outcome.rejected.map(({ inference }) => inference.place.line),
    ];
    const last = this.made.at(-1);
    const first = last === undefined ? 1 : last.first + last.count;
    let [fromLine = 0, toLine = 0] = lines;
    for (const line of lines) {
      fromLine = Math.min(fromLine, line);
      toLine = Math.max(toLine, line);
    }
    this.made.push({ first, count: 1, fromLine, toLine: Math.max(fromLine, toLine), answer, atMs });
    if (this.made.length > MAX_SPANS) this.made = joined(this.made);
  }

  spans(): readonly BatchSpan[] {
    return [...this.made];
  }
}

/** Null when nothing of the batch is settled. */
function answerOf({ delivered, accepted, rejected, undelivered }: BatchOutcome): BatchSpan['answer'] | null {
  if (delivered + rejected.length === 0) return null;
  if (delivered === 0 && undelivered === 0) return 'refused';
  if (rejected.length > 0 || undelivered > 0) return 'partial';
  return accepted === delivered ? 'accepted' : 'delivered';
}

/** Half as many: neighbours in pairs, and what differs in a pair is told as several answers. */
function joined(spans: readonly BatchSpan[]): BatchSpan[] {
  const pairs: BatchSpan[] = [];
  for (let at = 0; at < spans.length; at += 2) {
    const [a, b] = spans.slice(at, at + 2);
    if (a === undefined) break;
    if (b === undefined) pairs.push(a);
    else
      pairs.push({
        first: a.first,
        count: a.count + b.count,
        fromLine: Math.min(a.fromLine, b.fromLine),
        toLine: Math.max(a.toLine, b.toLine),
        answer: a.answer === b.answer ? a.answer : 'partial',
        atMs: b.atMs,
      });
  }
  return pairs;
}
