import { createReadStream } from 'node:fs';
import { deliverFile, parseModelConfig, systemClock } from 'capture-relay';
import { webhook } from './webhook';

/** One capture file to the sink: `tsx send.ts FILE URL`. Prints the equation of the file. */
async function main(path: string, url: string): Promise<void> {
  const parsed = webhook.parse({ type: 'webhook', url }, 'webhook');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const sink = await parsed.sink.open({ secrets: {}, version: '1', requestTimeoutMs: 10_000 });
  if ('problem' in sink) throw new Error(sink.problem.reason);
  const { tally, stop } = await deliverFile({
    file: { bucket: null, key: path, versionId: null },
    bytes: createReadStream(path),
    rules: parseModelConfig({ model: 'example', sinks: [{ type: 'file', path: '.' }] }).rules,
    config: {
      route: { variants: null, shadow: 'exclude' },
      columns: { inputs: null, outputs: null },
      limits: parsed.sink.limits,
    },
    sink,
    clock: systemClock(60_000),
    signal: AbortSignal.timeout(60_000),
    onRejection: ({ code, place }) => console.error(`line ${place.line}: ${code}`),
    onSkip: ({ reason }) => console.error(`skipped: ${reason}`),
  });
  const { captured, delivered, quarantined, skipped, inFlight } = tally;
  console.log(JSON.stringify({ captured, delivered, quarantined, skipped, inFlight, stop: stop?.reason ?? null }));
  await sink.close();
}
void main(process.argv[2] ?? '', process.argv[3] ?? '');
