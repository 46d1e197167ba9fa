// Bundles the Lambda functions: one esbuild call, the exact bytes that are deployed, emulated and tested.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Functions beside the forwarder: bundled, too, when no folder is named. */
const OTHERS = ['sweep', 'notifications'];

export async function bundle(outdir = `${root}/dist/forward`, name = 'forward') {
  mkdirSync(outdir, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: { index: `lambdas/${name}/index.ts` },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The AWS SDK's ES modules shake better; CommonJS output starts faster than ESM (docs/adr/0002).
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return result.metafile;
}

/**
 * A function's package, ready to upload: the bundle alone, with a fixed date, so that equal bundles make equal files.
 * @param {string} folder
 * @param {string} path
 */
export async function zip(folder, path) {
  // Only here: where this package is a dependency, functions are bundled and never zipped, and fflate is not installed.
  const { zipSync } = await import('fflate');
  const content = readFileSync(join(folder, 'index.js'));
  writeFileSync(path, zipSync({ 'index.js': [content, { level: 9, mtime: new Date('2020-01-01T00:00:00') }] }));
  return statSync(path).size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , outdir, only = 'forward'] = process.argv;
  const names = outdir === undefined ? ['forward', ...OTHERS] : [only];
  for (const name of names) {
    const metafile = await bundle(outdir ?? `${root}/dist/${name}`, name);
    for (const [path, output] of Object.entries(metafile.outputs)) {
      if (path.endsWith('.js')) console.log(`${path}  ${Math.round(output.bytes / 1000)} kB`);
    }
    if (outdir === undefined)
      console.log(
        `dist/${name}.zip  ${Math.round((await zip(`${root}/dist/${name}`, `${root}/dist/${name}.zip`)) / 1000)} kB`,
      );
  }
}
