import * as z from 'zod';
import type { HandedLines } from '../../core/handed-lines';
import type { PassResult } from '../../core/pass-through';
import type { RefusedRow } from '../../core/types';

/**
 * Arthur's answer to a capture file. 207 says that a first validation passed; what fails later is told by e-mail alone, so
 * nothing is ever more than accepted. Where the answer counts failures, none of them may count as delivered: the lines it
 * lists are rejected, and where it does not list all of them, the whole file is, as no line is known to be good.
 * Source: docstrings of Arthur's Python client, `arthur.client.rest.inferences`; no test of its own shows the body.
 */
const answerSchema = z.object({
  counts: z.object({ success: z.number(), failure: z.number(), total: z.number() }).optional(),
  failures: z.array(z.unknown()).optional(),
});

/** A line named from 1, as a number or in words. */
const failureSchema = z.union([
  z.object({ line: z.int() }).transform(({ line }) => line),
  z.object({ place: z.string().regex(/^line \d{1,9}$/) }).transform(({ place }) => Number(place.slice(5))),
]);

/** `text`: body of a 2xx answer. */
export function readCaptureAnswer(status: number, text: string, handed: HandedLines): PassResult {
  const parsed = answerSchema.safeParse(jsonOrNull(text));
  if (!parsed.success) return unreadable('its body is no JSON object with counts');
  const { counts, failures } = parsed.data;
  if (counts === undefined)
    return status === 207 ? { kind: 'accepted' } : unreadable(`it is ${status}, and says nothing of the inferences`);
  const { success, failure, total } = counts;
  if (success + failure !== total) return unreadable(`${success} and ${failure} are not the ${total} it counts`);
  if (failure > 0) return readFailures(counts, failures ?? [], handed);
  if (total !== handed.inferences && total !== handed.lines)
    return unreadable(`it counts ${total} where ${handed.inferences} inferences in ${handed.lines} lines were sent`);
  return { kind: 'accepted' };
}

type Counts = NonNullable<z.infer<typeof answerSchema>['counts']>;

function readFailures({ success, failure, total }: Counts, failures: unknown[], handed: HandedLines): PassResult {
  const lines = new Set<number>();
  for (const each of failures) {
    const line = failureSchema.safeParse(each);
    if (line.success && line.data >= 1 && line.data <= handed.lines) lines.add(line.data);
  }
  const indexes = [...lines].map((line) => line - 1).sort((a, b) => a - b);
  const failed = indexes.reduce((sum, index) => sum + handed.inferencesOf(index), 0);
  const isAllListed =
    failures.length === failure &&
    lines.size === failure &&
    (success === handed.inferences - failed || success === handed.lines - failure);
  if (!isAllListed) {
    const reason = `Arthur counted ${failure} failure(s) of ${total} and does not say which, so the whole file counts as refused; set mode: rows for an answer to each row`;
    return { kind: 'rejected', code: 'PARTNER_REFUSED_ROW', reason, isolate: false };
  }
  // The message beside a failure may quote payload, and nothing of it is known here to be masked.
  const reason = 'Arthur lists this line among the failures of its file; set mode: rows for an answer to each row';
  const rejected = indexes.map((index): RefusedRow => ({ index, code: 'PARTNER_REFUSED_ROW', reason }));
  return { kind: 'partial', rejected, retry: [], reason };
}

const unreadable = (why: string): PassResult => ({
  kind: 'retryable',
  reason: `nothing is known of the file from Arthur's answer: ${why}`,
  waitMs: null,
});

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
