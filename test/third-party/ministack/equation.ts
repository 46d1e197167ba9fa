import assert from 'node:assert/strict';
import { z } from 'zod';

/** The equation, read from the lines a function printed: its metrics, and the line that ends each work. */
export interface ExpectedSink {
  /** Inferences. */
  readonly delivered: number;
  readonly quarantined: number;
  /** Files. */
  readonly done: number;
  readonly gone: number;
}

const METRICS = z.object({
  _aws: z.object({}),
  Sink: z.string(),
  CapturedInferences: z.number(),
  DeliveredInferences: z.number(),
  QuarantinedInferences: z.number(),
  SkippedInferences: z.number(),
  InFlightInferences: z.number(),
  FilesDone: z.number(),
  FilesInFlight: z.number(),
  FilesGone: z.number(),
  FilesSuperseded: z.number(),
});

const END_OF_WORK = z.object({ sink: z.string(), key: z.string(), versionId: z.string(), state: z.string() });

/** `files`: one for each version that was notified of. Throws at the first thing that does not add up. */
export function expectEquation(
  lines: readonly string[],
  sinks: Readonly<Record<string, ExpectedSink>>,
  files: readonly { readonly key: string }[],
): void {
  const objects = lines.filter((line) => line.startsWith('{')).map((line): unknown => JSON.parse(line));
  const metrics = objects.flatMap((object) => METRICS.safeParse(object).data ?? []);
  for (const line of metrics) {
    const { CapturedInferences: captured, ...terms } = line;
    const sum =
      terms.DeliveredInferences + terms.QuarantinedInferences + terms.SkippedInferences + terms.InFlightInferences;
    assert.equal(captured, sum, `captured = delivered + quarantined + skipped + in flight: ${JSON.stringify(line)}`);
  }
  for (const [sink, expected] of Object.entries(sinks)) {
    const own = metrics.filter((line) => line.Sink === sink);
    const total = (of: (line: z.infer<typeof METRICS>) => number) => own.reduce((sum, line) => sum + of(line), 0);
    assert.deepEqual(
      {
        captured: total((line) => line.CapturedInferences),
        delivered: total((line) => line.DeliveredInferences),
        quarantined: total((line) => line.QuarantinedInferences),
        done: total((line) => line.FilesDone),
        gone: total((line) => line.FilesGone),
        other: total((line) => line.FilesInFlight + line.FilesSuperseded),
      },
      { ...expected, captured: expected.delivered + expected.quarantined, other: 0 },
      `the metrics of sink ${sink}`,
    );
    const works = objects.flatMap((object) => END_OF_WORK.safeParse(object).data ?? []);
    const keys = works.filter((work) => work.sink === sink).map((work) => work.key);
    assert.deepEqual(keys.sort(), files.map((file) => file.key).sort(), `the keys sink ${sink} was given`);
  }
}
