import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
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
  const folder = mkdtempSync(join(tmpdir(), `capture-relay-${lambda}-`));
  copyFileSync(join(bundleOf(lambda), 'index.js'), join(folder, 'index.js'));
  if (config !== null) writeFileSync(join(folder, CONFIG_FILE), configText(config));
  return Code.fromAsset(folder);
}

function bundleOf(lambda: string): string {
  const known = bundles.get(lambda);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), `capture-relay-bundle-${lambda}-`));
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), folder, lambda], { cwd: ROOT, stdio: 'pipe' });
  bundles.set(lambda, folder);
  return folder;
}

/** A token is known at deployment alone, when the package has been made long ago. */
function configText(config: unknown): string {
  const text = JSON.stringify(config);
  if (!Token.isUnresolved(text) && Tokenization.reverseString(text).tokens.length === 0) return text;
  throw new ConfigError([
    'the configuration holds a CDK token, which is known only at deployment; write the name itself, as it is in AWS',
  ]);
}
