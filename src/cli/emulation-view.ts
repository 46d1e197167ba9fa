import { MultiBar, type SingleBar } from 'cli-progress';
import { PARTNER_MODELS } from '../local/emulation/emulated-model';
import { type Emulation, PREFIX, STATE_BUCKET } from '../local/emulation/emulation';
import type { ScoreRow } from '../local/emulation/scoreboard';
import type { RejectionSaid } from '../local/emulation/work-report';
import { bold, dim, green, plural, red, table, yellow } from './look';

/** What a person sees of the local run: where things are, how far they got, and the equation at the end. */
const REFRESH_MS = 200;
const MAX_PROBLEMS = 20;

const withoutPrefix = (key: string): string => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key);

export class EmulationView {
  private bars: { readonly all: MultiBar; readonly bySink: Map<string, SingleBar> } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly skipped = new Map<string, string>();
  private readonly problems = new Map<string, number>();
  private readonly rejections = new Map<string, { readonly reason: string; readonly sinks: Set<string> }>();

  constructor(private readonly isJson: boolean) {}

  say(text: string): void {
    (this.isJson ? process.stderr : process.stdout).write(`${text}\n`);
  }

  endpoints(emulation: Emulation, out: string, kind: 'demo' | 'open'): void {
    this.say(`\n${bold('Point any AWS client at it:')}`);
    for (const [name, value] of Object.entries(emulation.consoleEnv)) this.say(`  export ${name}=${value}`);
    this.say(
      dim(`  aws s3 cp my.jsonl s3://captures/captures/credit-risk/AllTraffic/2026/09/01/12/00-00-000-my.jsonl`),
    );
    if (kind === 'demo')
      this.say(
        dim(
          '  the demo partners know one model: rows of age, workclass, income, hours and a score; for other captures start with their PATH',
        ),
      );
    this.say(`\n${bold('Partners:')} (stand-ins; these models take any columns)`);
    this.say(
      `  arthur   host ${emulation.arthur.url}  modelId ${PARTNER_MODELS.open.arthur?.modelId}  ARTHUR_ACCESS_TOKEN=${emulation.arthur.token}`,
    );
    this.say(
      `  fiddler  url  ${emulation.fiddler.url}  modelId ${PARTNER_MODELS.open.fiddler?.modelId}  FIDDLER_TOKEN=${emulation.fiddler.token}`,
    );
    this.say(`  file     ${out}`);
    this.say(
      `${bold('State:')}    npx capture-relay status --config ${emulation.configPath} --state s3://${STATE_BUCKET} --endpoint-url ${emulation.s3.url}`,
    );
    this.say(
      `${bold('Queues:')}   ${emulation.queues.map((queue) => queue.url).join('\n          ')}\n          (each with a dead-letter queue, …-dlq)\n`,
    );
  }

  watch(emulation: Emulation): void {
    if (this.isJson || !process.stdout.isTTY) return;
    const all = new MultiBar({
      format: `{sink} {bar} {value}/{total} inferences settled`,
      hideCursor: true,
      clearOnComplete: true,
      fps: 5,
    });
    this.bars = {
      all,
      bySink: new Map(
        emulation.scoreboard.rows().map((row) => [row.sink, all.create(0, 0, { sink: row.sink.padEnd(15) })]),
      ),
    };
    this.timer = setInterval(() => this.refresh(emulation), REFRESH_MS);
  }

  stopWatching(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.bars?.all.stop();
    this.bars = null;
  }

  rejection({ sink, key, code, reason, lines }: RejectionSaid): void {
    for (const line of lines) {
      const place = `${withoutPrefix(key)}, line ${line}: ${code}`;
      const known = this.rejections.get(place);
      if (known === undefined) this.rejections.set(place, { reason, sinks: new Set([sink]) });
      else known.sinks.add(sink);
    }
  }

  skip(key: string, reason: string): void {
    this.skipped.set(key, reason);
  }

  problem(message: string): void {
    this.problems.set(message, (this.problems.get(message) ?? 0) + 1);
  }

  /** Prints the equation; true when it closes and nothing is left in flight. */
  result(emulation: Emulation): boolean {
    const rows = emulation.scoreboard.rows();
    const open = emulation.scoreboard.open();
    const inFlight = rows.reduce((sum, row) => sum + row.inFlight, 0);
    const { filesUncounted } = emulation.scoreboard;
    if (this.isJson) process.stdout.write(`${JSON.stringify({ sinks: rows, balanced: open.length === 0 })}\n`);
    else this.print(rows);
    for (const [key, reason] of this.skipped) this.say(yellow(`skipped: ${key}: ${reason}`));
    for (const [place, { reason, sinks }] of [...this.rejections].slice(0, MAX_PROBLEMS))
      this.say(yellow(`rejected: ${place}: ${reason} (${[...sinks].join(', ')})`));
    if (this.rejections.size > MAX_PROBLEMS)
      this.say(
        yellow(`… and ${plural(this.rejections.size - MAX_PROBLEMS, 'more rejected place')}; inspect shows all`),
      );
    for (const [message, count] of [...this.problems].slice(0, MAX_PROBLEMS))
      this.say(red(`${count > 1 ? `${count} × ` : ''}${message}`));
    if (open.length > 0) this.say(red(`the equation does not close for: ${open.join(', ')}`));
    else if (filesUncounted > 0)
      this.say(
        yellow(
          `ended early: ${plural(filesUncounted, 'file')} not read to the end, so nothing is said of the equation`,
        ),
      );
    else if (inFlight > 0) this.say(yellow(`${plural(inFlight, 'inference')} still in flight`));
    else if (rows.every((row) => row.captured > 0 && row.delivered === 0))
      this.say(yellow('captured = quarantined + skipped: nothing was delivered'));
    else this.say(green('captured = delivered + quarantined + skipped, nothing in flight'));
    return open.length === 0 && inFlight === 0 && filesUncounted === 0;
  }

  private print(rows: readonly ScoreRow[]): void {
    const number = (value: number): string => value.toLocaleString('en-US');
    this.say(
      table(
        ['sink', 'files', 'captured', '= delivered', '+ quarantined', '+ skipped', '+ in flight', 'at the partner'],
        rows.map((row) => [
          row.sink,
          `${number(row.files.done)}/${number(row.files.seen)}`,
          number(row.captured),
          number(row.delivered),
          number(row.quarantined),
          number(row.skipped),
          number(row.inFlight),
          row.atPartner === null ? '' : number(row.atPartner),
        ]),
        1,
      ),
    );
  }

  private refresh(emulation: Emulation): void {
    for (const row of emulation.scoreboard.rows()) {
      const bar = this.bars?.bySink.get(row.sink);
      bar?.setTotal(row.captured);
      bar?.update(row.captured - row.inFlight);
    }
  }
}
