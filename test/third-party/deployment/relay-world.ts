import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeleteBucketPolicyCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type ArthurStandIn, startArthur } from '../../../src/local/partners/arthur';
import { demoArthurModels, demoFiddlerModels } from '../../../src/local/partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../../../src/local/partners/fiddler';
import { type Ministack, startMinistack } from '../ministack/server';
import { ACCESS, ACCESS_KEY, Account, REGION } from './account';
import { type CdkCli, cdkCli } from './cdk-cli';
import { fitMinistack } from './fit-ministack';
import { ARTHUR_SECRET, FIDDLER_PARAMETER } from './relay-folder';

/** As the store's stack names it. */
export const STATE_BUCKET = 'capture-relay-state-000000000000-us-east-1';

const STAGING_BUCKET = 'cdk-hnb659fds-assets-000000000000-us-east-1';

/** MiniStack as an empty account, partners, CDK's command line, and a folder for it all. */
export class RelayWorld {
  private constructor(
    private readonly folder: string,
    /** Whether functions run on it, as on AWS; else on the Node of this process's PATH. */
    readonly hasNode24: boolean,
    readonly ministack: Ministack,
    readonly arthur: ArthurStandIn,
    readonly fiddler: FiddlerStandIn,
    readonly account: Account,
    readonly cdk: CdkCli,
  ) {}

  /** `env`: where the checks' software is installed; `python`: MiniStack's. Functions run on Node 24 where it is there. */
  static async start(env: string, python: string): Promise<RelayWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
    for (const name of ['home', 'nodes', 'tmp']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'clock'), '0');
    const node24 = join(env, 'node_modules/node24/bin/node');
    const hasNode24 = existsSync(node24);
    const [ministack, arthur, fiddler] = await Promise.all([
      startMinistack(python, {
        PATH: [...(hasNode24 ? [dirname(node24)] : []), process.env.PATH].join(delimiter),
        NO_PROXY: '127.0.0.1',
        // Roles may do what their policies say, and nothing else; this key is the account's own.
        AUTH: 'true',
        AWS_ACCESS_KEY_ID: ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: ACCESS_KEY,
        // It leaves what its functions were unpacked to.
        TMPDIR: join(folder, 'tmp'),
        NODE_OPTIONS: `--import ${pathToFileURL(join(__dirname, 'store-clock.mjs')).href}`,
        STORE_CLOCK_AHEAD_FILE: join(folder, 'clock'),
        FUNCTION_NODES: join(folder, 'nodes'),
      }),
      startArthur({ token: 'arthur-token', models: demoArthurModels() }),
      startFiddler({ token: 'fiddler-token', models: demoFiddlerModels() }),
    ]);
    const cdk = cdkCli({
      endpointUrl: ministack.url,
      home: join(folder, 'home'),
      temporary: join(folder, 'tmp'),
      accessKeyId: ACCESS_KEY,
      region: REGION,
    });
    const world = new RelayWorld(folder, hasNode24, ministack, arthur, fiddler, new Account(ministack.url), cdk);
    try {
      await world.keepTokens();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** Of `capture-relay.yaml` and `models/`. */
  get directory(): string {
    return join(this.folder, 'relay');
  }

  /** What the last synthesis made. */
  get assembly(): string {
    return join(this.folder, 'cdk.out');
  }

  /** What CDK needs of the account, once. */
  async bootstrap(): Promise<void> {
    await this.cdk.bootstrap();
    // It denies everything that comes without TLS, which MiniStack does without here.
    await this.account.s3.send(new DeleteBucketPolicyCommand({ Bucket: STAGING_BUCKET }));
  }

  /** What `cdk deploy` does, in its two steps. Returns what the second one said. */
  async deploy(stack: string): Promise<string> {
    const context = ['--context', `directory=${this.directory}`];
    await this.cdk.run('synth', '--strict', '--quiet', ...context, '--output', this.assembly);
    fitMinistack(this.assembly);
    return this.deployAssembly(stack);
  }

  deployAssembly(stack: string): Promise<string> {
    return this.cdk.run('deploy', '--require-approval', 'never', '--app', this.assembly, stack);
  }

  async destroy(stacks: string): Promise<void> {
    await this.cdk.run('destroy', '--force', '--app', this.assembly, stacks);
  }

  /** From now on the buckets' answers tell a time that is so much ahead. */
  moveStoreClock(aheadMs: number): void {
    writeFileSync(join(this.folder, 'clock'), String(aheadMs));
  }

  /** Function → the Node that ran it. */
  nodes(): ReadonlyMap<string, string> {
    const folder = join(this.folder, 'nodes');
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  }

  async stop(): Promise<void> {
    this.account.close();
    await Promise.all([this.ministack.stop(), this.arthur.close(), this.fiddler.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async keepTokens(): Promise<void> {
    const secrets = new SecretsManagerClient({ endpoint: this.ministack.url, ...ACCESS });
    const parameters = new SSMClient({ endpoint: this.ministack.url, ...ACCESS });
    await secrets.send(new CreateSecretCommand({ Name: ARTHUR_SECRET, SecretString: this.arthur.token }));
    const parameter = { Name: FIDDLER_PARAMETER, Value: this.fiddler.token, Type: 'SecureString' } as const;
    await parameters.send(new PutParameterCommand(parameter));
    for (const client of [secrets, parameters]) client.destroy();
  }
}
