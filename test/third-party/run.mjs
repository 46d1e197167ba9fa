/**
 * Asks software that nobody of this project wrote whether the project is right. Installs what is pinned beside this
 * file into `.env` (ignored), runs every `*.check.mjs` and `*.check.ts`, and closes with a line that counts them.
 * Words on the command line choose the checks whose file names hold one of them.
 *
 * A check exports `name` and `run({ env })`, where `env` is the directory with the installed packages. It throws when
 * it fails and returns `{ skipped: reason }` when this machine lacks something.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// From here on, checks may import the project's TypeScript.
import 'tsx';
import { z } from 'zod';

// The SDK's notice about Node 20 would stand between the results.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const here = path.dirname(fileURLToPath(import.meta.url));
const pinned = path.join(here, 'pinned');
const env = path.join(here, '.env');

const CHECK = z.object({
  name: z.string(),
  run: z.function({
    input: [z.object({ env: z.string() })],
    output: z.promise(z.object({ skipped: z.string() }).optional()),
  }),
});

/** Installs by the lock file, without scripts; does nothing when it was done for this very lock. */
function install() {
  const wanted = path.join(pinned, 'package-lock.json');
  const installed = path.join(env, 'package-lock.json');
  const isDone =
    existsSync(path.join(env, 'node_modules', '.package-lock.json')) &&
    existsSync(installed) &&
    readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8');
  if (isDone) return;
  mkdirSync(env, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(path.join(pinned, file), path.join(env, file));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  execFileSync('npm', ['ci', ...options], { cwd: env, stdio: 'inherit' });
}

/**
 * @param {string} file
 * @returns {Promise<'passed' | 'failed' | 'skipped'>}
 */
async function runCheck(file) {
  const loaded = await import(path.join(here, file));
  // TypeScript is loaded as CommonJS here, and its exports stand below `default`.
  const check = file.endsWith('.ts') ? z.object({ default: CHECK }).parse(loaded).default : CHECK.parse(loaded);
  try {
    const result = await check.run({ env });
    console.log(result?.skipped === undefined ? `passed   ${check.name}` : `skipped  ${check.name}: ${result.skipped}`);
    return result?.skipped === undefined ? 'passed' : 'skipped';
  } catch (error) {
    console.log(`failed   ${check.name}`);
    console.log(error instanceof Error ? error.stack : error);
    return 'failed';
  }
}

install();
const counts = { passed: 0, failed: 0, skipped: 0 };
const words = process.argv.slice(2);
const checks = readdirSync(here).filter((file) => /\.check\.(mjs|ts)$/.test(file));
const chosen = checks.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
for (const file of chosen.sort()) counts[await runCheck(file)] += 1;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
// A word that chooses nothing is a mistake, not a success.
process.exitCode = counts.failed === 0 && chosen.length > 0 ? 0 : 1;
