import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The folder with the bundled forward handler, the exact bytes a deployment uploads: bundled anew in a clone (half a
 * second), as shipped in an installed package.
 */
const ROOT = join(__dirname, '../../..');

export async function forwardBundle(outdir: string): Promise<string> {
  const script = join(ROOT, 'scripts/bundle.mjs');
  if (!existsSync(script)) return join(ROOT, 'dist/forward');
  await promisify(execFile)(process.execPath, [script, outdir], { cwd: ROOT });
  return outdir;
}
