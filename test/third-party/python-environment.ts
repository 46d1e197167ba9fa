import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Python environments of the checks: one for each piece of software, because their requirements exclude each other.
 * Each holds exactly what its lock in `pinned/` lists.
 */
export type PythonEnvironment =
  /** Path of its interpreter; programs it brought along lie beside it. */
  { readonly python: string } | { readonly skipped: string };

export interface PythonPackages {
  /**
   * `pinned/python-NAME.txt` is the lock, `.env/python-NAME` the environment. What has no wheel is listed apart, in
   * `python-NAME.sources.txt`, and built with what the lock brought.
   */
  readonly name: string;
  /** Minor versions of Python 3 the locked packages run on, first and last. */
  readonly minors: readonly [number, number];
}

const PINNED = join(__dirname, 'pinned');

/**
 * Installs when the environment is missing, or was made for another lock or Python. `skipped` when this machine has no
 * Python that fits; throws when the packages cannot be installed, which is no reason to pass.
 */
export function pythonEnvironment(env: string, { name, minors }: PythonPackages): PythonEnvironment {
  const version = pythonVersion();
  if (version === null) return { skipped: 'python3 is not there' };
  const [first, last] = minors;
  const minor = Number(version.split('.')[1]);
  if (!version.startsWith('3.') || minor < first || minor > last)
    return { skipped: `the pinned packages run on Python 3.${first} to 3.${last}; python3 is ${version}` };
  const folder = join(env, `python-${name}`);
  const lock = join(PINNED, `python-${name}.txt`);
  const done = join(folder, 'installed.txt');
  const sources = join(PINNED, `python-${name}.sources.txt`);
  const locks = [lock, sources].filter((path) => existsSync(path));
  const state = [version, ...locks.map((path) => readFileSync(path, 'utf8'))].join('\n');
  const python = join(folder, 'bin/python');
  if (existsSync(done) && readFileSync(done, 'utf8') === state) return { python };
  rmSync(folder, { recursive: true, force: true });
  const made = spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' });
  // Debian leaves venv out of its python3 unless python3-venv is installed.
  if (made.status !== 0) return { skipped: `python3 -m venv does not work here: ${made.stdout.split('\n')[0]}` };
  // Nothing is resolved or fetched beyond the locks, not even to build with.
  const pip = (...options: string[]) =>
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', ...options], {
      stdio: 'inherit',
    });
  pip('--only-binary', ':all:', '-r', lock);
  if (existsSync(sources)) pip('--no-build-isolation', '-r', sources);
  writeFileSync(done, state);
  return { python };
}

/** `3.11.7`; null when there is no python3. */
function pythonVersion(): string | null {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/^Python (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null) : null;
}
