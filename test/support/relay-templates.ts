// The built-in validation of a template takes longer than everything else here; `npm run synth` runs it.
process.env.CDK_VALIDATION = 'false';

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { relayApp } from '../../lib/app/relay-app';
import { loadModels } from '../../lib/config/load-models';

/** For `afterAll`: Jest ends no process between two files. */
export { removePackages } from '../../lib/forwarder/function-code';

export const ROOT = join(__dirname, '../..');

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface TemplateJson {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Description?: string }>>;
}

/** A folder as a user has it: `models/*.yaml`, `capture-relay.yaml`. Removed when the body ends, or its promise. */
export function withFolder<Result>(
  files: Readonly<Record<string, string>>,
  body: (directory: string) => Result,
): Result {
  const directory = mkdtempSync(join(tmpdir(), 'relay-app-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  let result: Result | null = null;
  try {
    result = body(directory);
    return result;
  } finally {
    if (result instanceof Promise) void result.finally(remove).catch(() => {});
    else remove();
  }
}

/** Templates by stack, as `cdk synth` of the folder makes them: with the settings of cdk.json, without an account. */
export function relayTemplates(directory: string): Readonly<Record<string, TemplateJson>> {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const outdir = mkdtempSync(join(tmpdir(), 'relay-synth-'));
  try {
    const app = new App({ outdir, context });
    relayApp(app, loadModels(directory));
    const { stacks } = app.synth();
    return Object.fromEntries(stacks.map(({ id, template }) => [id, template as TemplateJson]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
