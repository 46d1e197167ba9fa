import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The bundled forward handler, built at most once for each state of the sources, however many test files and jest
 * workers ask for it at the same time.
 */
const ROOT = join(__dirname, '../..');
const CACHE = join(ROOT, '.cache/forward-bundle');
const SOURCES = ['src', 'lambdas', 'scripts/bundle.mjs', 'package-lock.json'];

/** Long after the last test of a run that may still use it. */
const STALE_AFTER_MS = 3_600_000;

/** The folder that holds `index.js`: the bytes a deployment uploads. Rejects with the bundler's output when it fails. */
export async function forwardBundle(): Promise<string> {
  const finished = join(CACHE, fingerprint());
  if (existsSync(finished)) return finished;
  await mkdir(CACHE, { recursive: true });
  await removeStale();
  const building = join(CACHE, `building-${randomUUID()}`);
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), building], { cwd: ROOT });
  try {
    // The folder appears whole or not at all, so a worker never loads half a bundle.
    await rename(building, finished);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    // Another worker was faster with the same sources: a folder that holds files cannot be renamed over.
    if (!existsSync(finished)) throw error;
  }
  return finished;
}

/** Changes with every file that is edited, added or removed. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap(filesUnder)) {
    const { mtimeMs, size } = statSync(join(ROOT, path));
    hash.update(`${path}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function filesUnder(path: string): string[] {
  if (statSync(join(ROOT, path)).isFile()) return [path];
  const entries = readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' });
  return entries
    .map((entry) => join(path, entry))
    .filter((entry) => statSync(join(ROOT, entry)).isFile())
    .sort();
}

async function removeStale(): Promise<void> {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
