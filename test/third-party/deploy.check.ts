import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { buildCaptureKey } from '../../src/core/capture-key';
import { ARTHUR_CREDIT_RISK_ID, ARTHUR_OPEN_ID, FIDDLER_CREDIT_RISK_ID } from '../../src/local/partners/demo-models';
import { becomes } from './deployment/account';
import { makeUsedBucket, partsOf } from './deployment/foreign-rule';
import { plainAlarms } from './deployment/plain-alarms';
import { type RelayFolder, writeChurn, writeCreditRisk } from './deployment/relay-folder';
import { RelayWorld } from './deployment/relay-world';
import { type CapturedFile, fileOfCalls } from './ministack/captured-files';
import { messagesIn } from './ministack/queue-to-function';
import { pythonEnvironment } from './python-environment';

/** CDK's command line deploys, updates and destroys on MiniStack; in between captures come, and are accounted for. */
export const name = '`cdk deploy` on MiniStack: captures delivered, foreign rules left alone';

const BUCKET = 'ml-platform-captures';
const STATE = 'capture-relay-state-000000000000-us-east-1';
const HOUR_MS = 3_600_000;
const UNREADABLE = 'not a notification';
/** Deployed are 720 s, five times until a message is a dead letter. */
const VISIBILITY_SECONDS = 2;
const SINKS = ['arthur', 'fiddler'];

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'ministack', minors: [10, 14] });
  if ('skipped' in found) return found;
  const world = await RelayWorld.start(env, found.python);
  try {
    const story = new Story(world, await makeUsedBucket(world.account, BUCKET));
    for (const step of [
      story.bootstrap,
      story.deploy,
      story.deliver,
      story.deadLetter,
      story.deployAgain,
      story.sweep,
      story.join,
      story.destroyOne,
      story.destroyAll,
    ])
      await told(step);
  } finally {
    await world.stop();
  }
  return undefined;
}

async function told(step: () => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  await step();
  console.log(`         ${step.name.padEnd(11)} ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
}

class Story {
  private readonly folder: RelayFolder;
  private readonly captured: CapturedFile[] = [];
  private readonly churned: CapturedFile[] = [];

  constructor(
    private readonly world: RelayWorld,
    /** The bucket's rules before anything of ours. */
    private readonly foreign: NotificationConfiguration,
  ) {
    const { folder: directory, arthur, fiddler } = world;
    this.folder = { directory, bucket: BUCKET, arthurUrl: arthur.url, fiddlerUrl: fiddler.url };
  }

  readonly bootstrap = async (): Promise<void> => {
    await this.world.cdk.bootstrap();
  };

  readonly deploy = async (): Promise<void> => {
    // Too much, as long as it is the only model.
    writeCreditRisk(this.folder, 'datacapture/');
    await this.deployed('CreditRisk');
    await this.expectRules({ 'credit-risk': 'datacapture/' });
    const runtimes = new Set((await this.world.account.functions()).map(({ Runtime }) => Runtime));
    assert.deepEqual([...runtimes], ['nodejs24.x']);
  };

  /** Both queues, both partners, and an entry of the ledger for each file and partner. */
  readonly deliver = async (): Promise<void> => {
    await this.capture('credit-risk', 'first', 3);
    await this.capture('credit-risk', 'second + odd=name é', 2);
    await this.expectDelivered();
    const [node] = [...this.world.nodes()].flatMap(([name, version]) => (name.includes('Forward') ? [version] : []));
    assert.match(node ?? '', /^v\d+/, 'MiniStack ran the function');
    console.log(`         forwarded by Node ${node}`);
  };

  /** Two captures and a message nobody can read in one batch. */
  readonly deadLetter = async (): Promise<void> => {
    const { account } = this.world;
    const [url, deadLetters] = [await this.queue('arthur'), await account.queueUrl('credit', 'arthurDeadLetters')];
    const source = await account.eventSource('credit', 'arthur');
    await account.enable(source, false);
    await this.visibility(url, VISIBILITY_SECONDS);
    await this.capture('credit-risk', 'before', 2);
    await account.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: UNREADABLE }));
    await this.capture('credit-risk', 'after', 2);
    await becomes(() => messagesIn(account.sqs, url), 3, 'the queue waits with all three');
    await account.enable(source, true);
    const result = async (): Promise<string> =>
      (await account.eventSource('credit', 'arthur')).LastProcessingResult ?? '';
    await becomes(result, 'OK - 2 records, 1 partial failures', 'one batch, of which one message failed');
    await this.expectDelivered();
    await becomes(() => messagesIn(account.sqs, deadLetters), 1, 'the unreadable message is a dead letter');
    assert.equal(await messagesIn(account.sqs, url), 0);
    await this.visibility(url, 720);
  };

  readonly deployAgain = async (): Promise<void> => {
    const before = await this.world.account.notifications(BUCKET);
    const said = await this.deployed('CreditRisk');
    assert.equal(said.match(/\(no changes\)/g)?.length, 2, said);
    const difference = await this.world.cdk.run('diff', '--fail', '--app', this.assembly);
    assert.match(difference, /Number of stacks with differences: 0/);
    assert.deepEqual(await this.world.account.notifications(BUCKET), before);
  };

  /** A capture that nobody was told of, because another tool had taken the rules off. */
  readonly sweep = async (): Promise<void> => {
    const { account } = this.world;
    const rules = await account.notifications(BUCKET);
    await account.writeNotifications(BUCKET, this.foreign);
    const forgotten = await this.capture('credit-risk', 'forgotten', 4);
    await account.writeNotifications(BUCKET, rules);
    const early = (await account.invoke('credit', 'Sweep')) as { requeued: number };
    assert.equal(early.requeued, 0, 'its hour is not over');
    assert.equal(this.stored('arthur').includes(forgotten.ids[0] ?? ''), false, 'nobody was told');
    // The hour of the file has to be over, and its notification late by a quarter of an hour.
    this.world.moveStoreClock(3 * HOUR_MS);
    const late = (await account.invoke('credit', 'Sweep')) as { requeued: number };
    assert.equal(late.requeued, SINKS.length, 'for each sink');
    await this.expectDelivered();
  };

  /** The first model gives up what it does not need, and a second one takes it. */
  readonly join = async (): Promise<void> => {
    writeCreditRisk(this.folder, 'datacapture/credit-risk/');
    writeChurn(this.folder, 'datacapture/churn/');
    await this.deployed('CreditRisk');
    await this.deployAssembly('Churn');
    await this.expectRules({ churn: 'datacapture/churn/', 'credit-risk': 'datacapture/credit-risk/' });
    await this.capture('churn', 'joined', 2);
    await this.capture('credit-risk', 'beside', 2);
    await this.expectDelivered();
  };

  readonly destroyOne = async (): Promise<void> => {
    const [captures, ledger] = await this.kept();
    await this.world.cdk.run('destroy', '--force', '--app', this.assembly, 'CreditRisk');
    await this.expectRules({ churn: 'datacapture/churn/' });
    assert.deepEqual(await this.kept(), [captures, ledger]);
    await this.capture('churn', 'alone', 3);
    await this.expectDelivered();
  };

  readonly destroyAll = async (): Promise<void> => {
    const [captures, ledger] = await this.kept();
    await this.world.cdk.run('destroy', '--force', '--app', this.assembly, '--all');
    assert.deepEqual(await this.world.account.notifications(BUCKET), this.foreign);
    assert.deepEqual(await this.world.account.functions(), []);
    assert.deepEqual(await this.kept(), [captures, ledger]);
    assert.equal(captures?.length, this.captured.length + this.churned.length);
    assert.equal(ledger?.length, this.captured.length * SINKS.length + this.churned.length);
  };

  private get assembly(): string {
    return join(this.folder.directory, 'cdk.out');
  }

  /** What `cdk deploy` does, in its two steps. Returns what the second one said. */
  private async deployed(stack: string): Promise<string> {
    const context = ['--context', `directory=${this.folder.directory}`];
    await this.world.cdk.run('synth', '--strict', '--quiet', ...context, '--output', this.assembly);
    plainAlarms(this.assembly);
    return this.deployAssembly(stack);
  }

  private deployAssembly(stack: string): Promise<string> {
    return this.world.cdk.run('deploy', '--require-approval', 'never', '--app', this.assembly, stack);
  }

  /** A file as the endpoint would put it now. */
  private async capture(model: 'credit-risk' | 'churn', title: string, count: number): Promise<CapturedFile> {
    const { text, ids } = fileOfCalls(title, `${model}-${title.split(' ')[0]}`, count);
    const uuid = `${randomUUID()}-${title}`;
    const key = buildCaptureKey({
      prefix: 'datacapture',
      endpoint: model,
      variant: 'AllTraffic',
      firstEvent: new Date(),
      uuid,
    });
    const file = { key, text, ids };
    await this.world.account.put(BUCKET, file);
    (model === 'churn' ? this.churned : this.captured).push(file);
    return file;
  }

  /** Everything captured so far: at the partners once, and in the ledger as done. */
  private async expectDelivered(): Promise<void> {
    const ids = idsOf(this.captured);
    for (const sink of SINKS) await becomes(() => this.stored(sink), ids, `${sink} holds every inference once`);
    await becomes(() => this.stored('churn'), idsOf(this.churned), "churn's inferences are at Arthur once");
    const entries = [
      ...this.captured.flatMap((file) => SINKS.map((sink) => entryOf('credit-risk', sink, file))),
      ...this.churned.map((file) => entryOf('churn', 'arthur', file)),
    ].sort();
    const ledger = async (): Promise<string[]> =>
      (await this.world.account.ledger(STATE))
        .map(({ model, sink, key, state, counts }) => `${model} ${sink} ${key} ${state} ${counts.delivered}`)
        .sort();
    await becomes(ledger, entries, 'the ledger has each file as done');
  }

  private stored(sink: string): string[] {
    const { arthur, fiddler } = this.world;
    if (sink === 'fiddler') return sorted(fiddler.stored(FIDDLER_CREDIT_RISK_ID));
    return sorted(arthur.stored(sink === 'churn' ? ARTHUR_OPEN_ID : ARTHUR_CREDIT_RISK_ID));
  }

  /** Rules of models as they should be, and all others as they were. */
  private async expectRules(wanted: Readonly<Record<string, string>>): Promise<void> {
    const { others, own } = partsOf(await this.world.account.notifications(BUCKET));
    assert.deepEqual(others, this.foreign, 'rules of others, and the EventBridge switch');
    const filters = Object.fromEntries(own.map(({ model, filter }) => [model, filter]));
    const expected = Object.entries(wanted).map(([model, prefix]) => [model, { prefix, suffix: '.jsonl' }]);
    assert.deepEqual(filters, Object.fromEntries(expected));
  }

  private async kept(): Promise<[string[], string[]]> {
    const { account } = this.world;
    return [await account.keys(BUCKET), await account.keys(STATE, 'ledger/')];
  }

  private queue(sink: string): Promise<string> {
    return this.world.account
      .eventSource('credit', sink)
      .then(({ EventSourceArn }) => this.world.account.queueUrl(EventSourceArn.split(':').at(-1) ?? ''));
  }

  private async visibility(QueueUrl: string, seconds: number): Promise<void> {
    const Attributes = { VisibilityTimeout: String(seconds) };
    await this.world.account.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
}

const sorted = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id).sort();
const idsOf = (files: readonly CapturedFile[]): string[] => files.flatMap(({ ids }) => ids).sort();
const entryOf = (model: string, sink: string, { key, ids }: CapturedFile): string =>
  `${model} ${sink} ${key} done ${ids.length}`;
