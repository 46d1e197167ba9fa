import { cp, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { forwardBundle } from '../support/forward-bundle';

/** The folders of the two functions' bundles. */
export interface Bundles {
  readonly forward: string;
  readonly sweep: string;
}

/** What stands in a source, and what shall stand there instead. */
export interface Change {
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const ROOT = join(__dirname, '../..');

/** The bytes a deployment uploads; copied, because a long run outlives the cache. */
export async function plainBundles(): Promise<Bundles> {
  const forward = await folder();
  await cp(await forwardBundle(), forward, { recursive: true });
  return { forward, sweep: await bundled('sweep', [], new Set()) };
}

/**
 * The functions as they would be with some of their source changed. Throws when a text is not there exactly once: the
 * product has changed, and whoever wants the change must look again.
 */
export async function changedBundles(changes: readonly Change[]): Promise<Bundles> {
  const done = new Set<Change>();
  const forward = await bundled('forward', changes, done);
  const sweep = await bundled('sweep', changes, done);
  for (const change of changes) if (!done.has(change)) throw new Error(`${change.file} is in no bundle`);
  return { forward, sweep };
}

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'capture-relay-bundle-'));

/** As `scripts/bundle.mjs` does it. */
async function bundled(name: keyof Bundles, changes: readonly Change[], done: Set<Change>): Promise<string> {
  const outdir = await folder();
  await build({
    absWorkingDir: ROOT,
    entryPoints: { index: `lambdas/${name}/index.ts` },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'silent',
    plugins: [replacing(changes, done)],
  });
  return outdir;
}

function replacing(changes: readonly Change[], done: Set<Change>): Plugin {
  return {
    name: 'replacing',
    setup: (builder) => {
      builder.onLoad({ filter: /\/(?:src|lambdas)\/.*\.ts$/ }, async ({ path }) => {
        const here = changes.filter(({ file }) => path === join(ROOT, file));
        let contents = await readFile(path, 'utf8');
        for (const change of here) {
          contents = replacedOnce(contents, change);
          done.add(change);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

function replacedOnce(text: string, { file, find, replace }: Change): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} holds this ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}
