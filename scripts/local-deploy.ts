import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoFiles } from '../src/local/emulation/demo-captures';
import { ARTHUR_CREDIT_RISK_ID, FIDDLER_CREDIT_RISK_ID } from '../src/local/partners/demo-models';
import { makeUsedBucket } from '../test/third-party/deployment/foreign-rule';
import { writeCreditRisk } from '../test/third-party/deployment/relay-folder';
import { RelayWorld, STATE_BUCKET } from '../test/third-party/deployment/relay-world';
import { pythonEnvironment } from '../test/third-party/python-environment';

/**
 * The same deployment on one machine, without an account: MiniStack instead of AWS, stand-ins instead of the partners.
 * CDK's own command line deploys for real. It runs until Ctrl+C and leaves nothing behind but the installed MiniStack.
 */
const ENV = join(__dirname, '../test/third-party/.env');
const BUCKET = 'ml-platform-captures';
const PREFIX = 'datacapture/credit-risk/';
/** How often the partners' counts are looked at. */
const LOOK_MS = 500;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  if (!existsSync(join(ENV, 'python-ministack'))) say('installing MiniStack: half a minute, once');
  const found = pythonEnvironment(ENV, { name: 'ministack', minors: [10, 14] });
  if ('skipped' in found) {
    process.stderr.write(`MiniStack cannot be installed: ${found.skipped}\n`);
    return 2;
  }
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const world = await RelayWorld.start(ENV, found.python);
  try {
    await show(world, stopped.signal);
  } catch (error) {
    // Ctrl+C ends what is under way, too: that is no failure.
    if (!stopped.signal.aborted) throw error;
  } finally {
    await world.stop();
  }
  return 0;
}

async function show(world: RelayWorld, signal: AbortSignal): Promise<void> {
  const { ministack, arthur, fiddler, account, directory } = world;
  await makeUsedBucket(account, BUCKET);
  writeCreditRisk({ directory, bucket: BUCKET, arthurUrl: arthur.url, fiddlerUrl: fiddler.url }, PREFIX);
  const config = join(directory, 'models/credit-risk.yaml');
  say(`MiniStack ${ministack.url}, stand-ins of Arthur ${arthur.url} and Fiddler ${fiddler.url}\n`);
  say(readFileSync(config, 'utf8'));
  await timed('cdk bootstrap', () => world.bootstrap());
  await timed('cdk deploy CreditRisk', () => world.deploy('CreditRisk'));
  const [file] = demoFiles(1, new Date(), PREFIX);
  if (file === undefined) throw new Error('no capture file to show');
  const sample = join(directory, 'capture.jsonl');
  writeFileSync(sample, file.text);
  await account.put(BUCKET, file);
  say(`\nput s3://${BUCKET}/${file.key}\n`);
  say(help({ url: ministack.url, config, sample, key: file.key.replace(/[^/]*$/, '00-00-000-mine.jsonl') }));
  await watch(world, signal);
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await work();
  say(`${what}: ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
}

const help = ({ url, config, sample, key }: Readonly<Record<'url' | 'config' | 'sample' | 'key', string>>): string =>
  `Try in another terminal:

  export AWS_ENDPOINT_URL=${url} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=ministack AWS_SECRET_ACCESS_KEY=ministack
  curl --aws-sigv4 aws:amz:us-east-1:s3 --user ministack:ministack -T ${sample} $AWS_ENDPOINT_URL/${BUCKET}/${key}
  bin/capture-relay status --config ${config} --state s3://${STATE_BUCKET} --endpoint-url $AWS_ENDPOINT_URL
  bin/capture-relay plan ${config} --live --endpoint-url $AWS_ENDPOINT_URL

Ctrl+C ends it all.
`;

/** A line whenever the partners hold more. */
async function watch({ arthur, fiddler }: RelayWorld, signal: AbortSignal): Promise<void> {
  let known = '';
  while (!signal.aborted) {
    const [a, f] = [arthur.tally(ARTHUR_CREDIT_RISK_ID).rows, fiddler.tally(FIDDLER_CREDIT_RISK_ID).rows];
    const now = `Arthur holds ${a} inferences, Fiddler ${f}`;
    if (now !== known) say(now);
    known = now;
    await sleep(LOOK_MS);
  }
}

void main().then((code) => {
  process.exitCode = code;
});
