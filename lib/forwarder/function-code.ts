import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Token, Tokenization } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ConfigError } from '../../src/core/errors';

const ROOT = join(__dirname, '../..');
const CONFIG_FILE = 'capture-relay.json';

/** Bundled once a process: synthesis makes a package for each model, and they differ in the configuration alone. */
const bundles = new Map<string, string>();

/**
 * A function's package: its bundle, and the configuration verbatim beside it. `lambda`: a folder of `lambdas/`.
 * esbuild runs here, so that neither Docker nor a network is needed; equal sources make equal bytes, so a deployment
 * that changes nothing uploads nothing. Throws a ConfigError for a configuration that holds a CDK token.
 */
export function functionCode(lambda: 'forward' | 'sweep' | 'notifications', config: unknown): Code {
  const folder = temporaryFolder(lambda);
  copyFileSync(join(bundleOf(lambda), 'index.js'), join(folder, 'index.js'));
  if (config !== null) writeFileSync(join(folder, CONFIG_FILE), configText(config));
  return Code.fromAsset(folder);
}

function bundleOf(lambda: string): string {
  const known = bundles.get(lambda);
  if (known !== undefined) return known;
  const folder = temporaryFolder(`bundle-${lambda}`);
  execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), folder, lambda], { cwd: ROOT, stdio: 'pipe' });
  bundles.set(lambda, folder);
  return folder;
}

const folders: string[] = [];

function temporaryFolder(name: string): string {
  if (folders.length === 0 && isStaged()) process.once('exit', removePackages);
  const folder = mkdtempSync(join(tmpdir(), `capture-relay-${name}-`));
  folders.push(folder);
  return folder;
}

/** The CLI's `--no-staging` has it read the packages where they are, when this process is over. */
const isStaged = (): boolean => !(process.env.CDK_CONTEXT_JSON ?? '').includes('disable-asset-staging');

/** What was made for packages on this machine. Synthesis has copied them by then; also done when the process ends. */
export function removePackages(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  bundles.clear();
}

/** A token is known at deployment alone, when the package has been made long ago. */
function configText(config: unknown): string {
  const text = JSON.stringify(config);
  if (!Token.isUnresolved(text) && Tokenization.reverseString(text).tokens.length === 0) return text;
  throw new ConfigError([
    'the configuration holds a CDK token, which is known only at deployment; write the name itself, as it is in AWS',
  ]);
}
