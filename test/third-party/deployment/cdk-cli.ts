import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** CDK's own command line, against an account that is not AWS's. */
export interface CdkCli {
  /** What it printed. Throws with its last lines when it fails, or takes too long. */
  readonly run: (...args: string[]) => Promise<string>;
  /** Prepares the account and region, which needs no application: run where none is. */
  readonly bootstrap: () => Promise<string>;
}

export interface CdkAccount {
  readonly endpointUrl: string;
  /** A folder of its own: the CLI keeps there which account an access key has, and another emulator may know the key. */
  readonly home: string;
  /** For what a synthesis leaves behind. */
  readonly temporary: string;
  readonly accessKeyId: string;
  readonly region: string;
}

/** The account of every access key that is none of 12 digits. */
const ACCOUNT = '000000000000';

const PROJECT = join(__dirname, '../../..');

/** Far beyond what the slowest command needs. */
const TIME_LIMIT_MS = 150_000;

/** What is shown of a failure. */
const TAIL_CHARACTERS = 4_000;

export function cdkCli({ endpointUrl, home, temporary, accessKeyId, region }: CdkAccount): CdkCli {
  const env = {
    // `cdk.json` names the program that runs the application; npm would have put its folder here.
    PATH: [join(PROJECT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: accessKeyId,
    AWS_REGION: region,
    NO_PROXY: '127.0.0.1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // Seconds a synthesis; `npm run synth` validates.
    CDK_VALIDATION: 'false',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const runIn = (cwd: string, args: readonly string[]): Promise<string> => {
    const program = [join(PROJECT, 'node_modules/aws-cdk/bin/cdk'), '--no-notices'];
    // A group of its own: the application that it starts must end with it.
    const options = { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true } as const;
    return finished(spawn(process.execPath, [...program, ...args], { ...options, stdio: [...options.stdio] }), args);
  };
  return {
    run: (...args) => runIn(PROJECT, args),
    bootstrap: () => runIn(home, ['bootstrap', `aws://${ACCOUNT}/${region}`]),
  };
}

function finished(child: ReturnType<typeof spawn>, args: readonly string[]): Promise<string> {
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(String(chunk)));
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(end, TIME_LIMIT_MS);
  process.once('exit', end);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      const text = said.join('');
      if (code === 0) resolve(text);
      else reject(new Error(`cdk ${args.join(' ')} failed (${String(code)}):\n${text.slice(-TAIL_CHARACTERS)}`));
    });
  });
}
