// Bundles the Lambda functions: one esbuild call, the exact bytes that are deployed, emulated and tested.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function bundle(outdir = `${root}/dist/forward`) {
  mkdirSync(outdir, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: { index: 'lambdas/forward/index.ts' },
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const metafile = await bundle(process.argv[2]);
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (path.endsWith('.js')) console.log(`${path}  ${Math.round(output.bytes / 1000)} kB`);
  }
}
