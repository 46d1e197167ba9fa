import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The folder with the bundled forward handler, the exact bytes a deployment uploads. Bundled anew: half a second. */
const ROOT = join(__dirname, '../../..');

export async function forwardBundle(outdir: string): Promise<string> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), outdir], { cwd: ROOT });
  return outdir;
}
