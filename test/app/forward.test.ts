import { forward } from '../../src/app/forward';
import type { ForwardContext } from '../../src/app/forward-context';
import { OpenSinks } from '../../src/app/open-sinks';
import { jsonLog } from '../../src/aws/log';
import { parseModelConfig, type ModelConfig } from '../../src/config/model-config';
import type { OpenSink } from '../../src/sinks/sink';
import { captureFileText, FILE } from '../support/capture-events';

const created = (key: string) => ({
  kind: 'created' as const,
  created: { file: { ...FILE, key }, eTag: null, sequencer: null, sizeBytes: null },
  sinks: null,
  waits: 0,
  isOnRecord: false,
  firstSeenMs: null,
});
const messages = ['m0', 'm1', 'm2'].map((messageId) => ({
  messageId,
  sourceArn: null,
  notices: [created(`${messageId}.jsonl`)],
}));

function sinkThat(deliver: OpenSink['deliver'], opened: () => void = () => undefined): ModelConfig {
  const config = parseModelConfig({ model: 'm', sinks: [{ type: 'file', path: 'x' }] });
  const open = (): Promise<OpenSink> => {
    opened();
    return Promise.resolve({ template: null, columns: null, needsTime: 'no', deliver, close: () => Promise.resolve() });
  };
  return { ...config, sinks: config.sinks.map((each) => ({ ...each, sink: { ...each.sink, open } })) };
}

function run(config: ModelConfig, parts: Partial<ForwardContext> = {}) {
  const lines: string[] = [];
  const clock = { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 1e9 };
  const result = forward(messages, {
    config,
    sinks: new OpenSinks(() => Promise.reject(new Error('none')), '0'),
    read: async function* () {
      yield Buffer.from(captureFileText([{}]));
      await Promise.resolve();
    },
    readRange: () => Promise.resolve(null),
    clock,
    readUntilMs: clock.deadlineMs,
    endMs: clock.deadlineMs,
    state: null,
    queue: null,
    signal: new AbortController().signal,
    log: jsonLog((line) => lines.push(line)),
    emit: (line) => lines.push(line),
    sinkByQueue: new Map(),
    ...parts,
  });
  return { result, lines };
}

describe('an invocation', () => {
  test('in which one work meets a bug goes on with the others, and only that message comes again', async () => {
    let sent = 0;
    const { result, lines } = run(
      sinkThat(() =>
        (sent += 1) === 2
          ? Promise.reject(new TypeError('PAYLOAD in a message'))
          : Promise.resolve({ kind: 'delivered' }),
      ),
    );

    expect((await result).failures.map((failure) => failure.messageId)).toEqual(['m1']);
    expect(lines.filter((line) => line.includes('capture file done'))).toHaveLength(2);
    expect(lines.join()).toContain('INTERNAL_ERROR');
    expect(lines.join()).not.toContain('PAYLOAD');
  });

  test('without a ledger counts the events of a file when it is done, and none while it comes again', async () => {
    let isAway = true;
    const config = sinkThat(() =>
      Promise.resolve(
        isAway ? { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED', reason: '401' } : { kind: 'delivered' },
      ),
    );
    const away = run(config);
    await away.result;
    isAway = false;
    const back = run(config);
    await back.result;

    const counted = (lines: readonly string[]) => lines.filter((line) => line.includes('"CapturedEvents":1}'));
    expect(counted(away.lines)).toHaveLength(0);
    expect(counted(back.lines)).toHaveLength(messages.length);
  });

  test('whose time is used up leaves what it did not begin, and says so', async () => {
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve(), random: () => 0, deadlineMs: 10 };
    const { result } = run(
      sinkThat(() => {
        nowMs = 20;
        return Promise.resolve({ kind: 'delivered' });
      }),
      { clock, readUntilMs: clock.deadlineMs },
    );

    expect((await result).failures.map((failure) => failure.messageId)).toEqual(expect.arrayContaining(['m1', 'm2']));
  });

  test('asks a sink that cannot be opened once, and anew in the next', async () => {
    let opened = 0;
    const config = sinkThat(() => Promise.resolve({ kind: 'delivered' }));
    const failing: ModelConfig = {
      ...config,
      sinks: config.sinks.map((each) => ({
        ...each,
        sink: {
          ...each.sink,
          open: () => {
            opened += 1;
            return Promise.resolve({ problem: { kind: 'retryable' as const, reason: 'down', waitMs: null } });
          },
        },
      })),
    };
    const sinks = new OpenSinks(() => Promise.reject(new Error('none')), '0');

    expect((await run(failing, { sinks }).result).failures).toHaveLength(3);
    expect(opened).toBe(1);
    sinks.forgetFailures();
    await run(failing, { sinks }).result;
    expect(opened).toBe(2);
  });
});
