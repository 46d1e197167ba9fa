import assert from 'node:assert/strict';
import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { becomes } from './deployment/account';
import { CapturedTraffic } from './deployment/captured-traffic';
import { makeUsedBucket, partsOf } from './deployment/foreign-rule';
import { type RelayFolder, writeChurn, writeCreditRisk } from './deployment/relay-folder';
import { RelayWorld, STATE_BUCKET } from './deployment/relay-world';
import { messagesIn } from './ministack/queue-to-function';
import { pythonEnvironment } from './python-environment';

/** CDK's command line deploys, updates and destroys on MiniStack; in between captures come, and are accounted for. */
export const name = '`cdk deploy` on MiniStack: captures delivered, rules of others left alone';

const BUCKET = 'ml-platform-captures';
const HOUR_MS = 3_600_000;
const UNREADABLE = 'not a notification';
/** Deployed are 720 s, five times until a message is a dead letter. */
const SHORT_VISIBILITY_SECONDS = 2;

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'ministack', minors: [10, 14] });
  if ('skipped' in found) return found;
  const world = await RelayWorld.start(env, found.python);
  try {
    const story = new Story(world, await makeUsedBucket(world.account, BUCKET));
    const { bootstrap, deploy, deliver, deadLetter, deployAgain, sweep, join, destroyOne, destroyAll } = story;
    for (const step of [bootstrap, deploy, deliver, deadLetter, deployAgain, sweep, join, destroyOne, destroyAll])
      await timed(step);
  } finally {
    await world.stop();
  }
  return undefined;
}

async function timed(step: () => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  await step();
  console.log(`         ${step.name.padEnd(11)} ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
}

class Story {
  private readonly folder: RelayFolder;
  private readonly traffic: CapturedTraffic;

  constructor(
    private readonly world: RelayWorld,
    /** The bucket's rules before anything of ours. */
    private readonly foreign: NotificationConfiguration,
  ) {
    const { directory, arthur, fiddler } = world;
    this.folder = { directory, bucket: BUCKET, arthurUrl: arthur.url, fiddlerUrl: fiddler.url };
    this.traffic = new CapturedTraffic(world, BUCKET, STATE_BUCKET);
  }

  readonly bootstrap = async (): Promise<void> => {
    await this.world.bootstrap();
  };

  readonly deploy = async (): Promise<void> => {
    // All endpoints of the bucket, as long as it is the only model.
    writeCreditRisk(this.folder, 'datacapture/');
    await this.world.deploy('CreditRisk');
    await this.expectRules({ 'credit-risk': 'datacapture/' });
    const runtimes = new Set((await this.world.account.functions()).map(({ Runtime }) => Runtime));
    assert.deepEqual([...runtimes], ['nodejs24.x']);
  };

  /** By way of the topic, a queue for each sink and the bundled function. */
  readonly deliver = async (): Promise<void> => {
    await this.traffic.capture('credit-risk', 'first', 3);
    await this.traffic.capture('credit-risk', 'odd + name=é', 2);
    await this.traffic.expectDelivered();
    const [node] = [...this.world.nodes()].filter(([each]) => each.includes('Forward')).map(([, version]) => version);
    const wanted = this.world.hasNode24 ? 'v24.' : 'v';
    assert.ok(node?.startsWith(wanted), `MiniStack ran the function, on Node ${wanted}; seen: ${node ?? 'nothing'}`);
  };

  /** Two captures and a message nobody can read come in one batch. */
  readonly deadLetter = async (): Promise<void> => {
    const { account } = this.world;
    const source = await account.eventSource('credit', 'arthur');
    const url = await account.queueUrl(source.EventSourceArn.split(':').at(-1) ?? '');
    const deadLetters = await account.queueUrl('credit', 'arthurDeadLetters');
    await account.enable(source, false);
    await this.setVisibility(url, SHORT_VISIBILITY_SECONDS);
    await this.traffic.capture('credit-risk', 'before', 2);
    await account.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: UNREADABLE }));
    await this.traffic.capture('credit-risk', 'after', 2);
    await becomes(() => messagesIn(account.sqs, url), 3, 'all three wait in the queue');
    await account.enable(source, true);
    const lastResult = async (): Promise<string | undefined> =>
      (await account.eventSource('credit', 'arthur')).LastProcessingResult;
    await becomes(lastResult, 'OK - 2 records, 1 partial failures', 'one batch, of which one message failed');
    await this.traffic.expectDelivered();
    await becomes(() => messagesIn(account.sqs, deadLetters), 1, 'the unreadable message is a dead letter');
    assert.equal(await messagesIn(account.sqs, url), 0);
    await this.setVisibility(url, 720);
  };

  readonly deployAgain = async (): Promise<void> => {
    const { account, cdk, assembly } = this.world;
    const before = await account.notifications(BUCKET);
    const said = await this.world.deploy('CreditRisk');
    assert.equal(said.match(/\(no changes\)/g)?.length, 2, `the store and the model are as they were:\n${said}`);
    assert.match(await cdk.run('diff', '--fail', '--app', assembly), /Number of stacks with differences: 0/);
    assert.deepEqual(await account.notifications(BUCKET), before);
  };

  /** A capture that nobody was told of, because another tool had taken the rules off. */
  readonly sweep = async (): Promise<void> => {
    const { account } = this.world;
    const rules = await account.notifications(BUCKET);
    await account.writeNotifications(BUCKET, this.foreign);
    const forgotten = await this.traffic.capture('credit-risk', 'forgotten', 4);
    await account.writeNotifications(BUCKET, rules);
    assert.equal(await this.requeued(), 0, 'its hour is not over');
    const known = this.traffic.stored('credit-risk', 'arthur');
    assert.deepEqual(
      forgotten.ids.filter((id) => known.includes(id)),
      [],
      'nobody was told of it',
    );
    // The hour of the file has to be over, and its notification late by a quarter of an hour.
    this.world.moveStoreClock(3 * HOUR_MS);
    assert.equal(await this.requeued(), 2, 'for each sink');
    await this.traffic.expectDelivered();
  };

  /** The first model gives up what it does not need, and a second one takes it. */
  readonly join = async (): Promise<void> => {
    writeCreditRisk(this.folder, 'datacapture/credit-risk/');
    writeChurn(this.folder, 'datacapture/churn/');
    await this.world.deploy('CreditRisk');
    await this.expectRules({ 'credit-risk': 'datacapture/credit-risk/' });
    await this.world.deployAssembly('Churn');
    await this.expectRules({ churn: 'datacapture/churn/', 'credit-risk': 'datacapture/credit-risk/' });
    await this.traffic.capture('churn', 'joined', 2);
    await this.traffic.capture('credit-risk', 'beside', 2);
    await this.traffic.expectDelivered();
  };

  readonly destroyOne = async (): Promise<void> => {
    await this.world.destroy('CreditRisk');
    await this.expectRules({ churn: 'datacapture/churn/' });
    await this.traffic.expectKept();
    await this.traffic.capture('churn', 'alone', 3);
    await this.traffic.expectDelivered();
  };

  readonly destroyAll = async (): Promise<void> => {
    const { account } = this.world;
    await this.world.destroy('--all');
    assert.deepEqual(await account.notifications(BUCKET), this.foreign, 'the bucket is as it was found');
    assert.deepEqual(await account.functions(), []);
    await this.traffic.expectKept();
  };

  private async requeued(): Promise<number> {
    const { requeued } = (await this.world.account.invoke('credit', 'Sweep')) as { readonly requeued: number };
    return requeued;
  }

  /** Rules of models are so, and all others, and the EventBridge switch, are as they were. */
  private async expectRules(prefixes: Readonly<Record<string, string>>): Promise<void> {
    const { others, own } = partsOf(await this.world.account.notifications(BUCKET));
    assert.deepEqual(others, this.foreign);
    const wanted = Object.entries(prefixes).map(([model, prefix]) => ({ model, filter: { prefix, suffix: '.jsonl' } }));
    assert.deepEqual(own, wanted);
  }

  private async setVisibility(QueueUrl: string, seconds: number): Promise<void> {
    const Attributes = { VisibilityTimeout: String(seconds) };
    await this.world.account.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
}
