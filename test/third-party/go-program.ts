import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A program in Go, built here from the sources that its module proxy has. */
export type GoProgram =
  /** Its path. */
  { readonly program: string } | { readonly skipped: string };

const PINNED = join(__dirname, 'pinned');

/**
 * `pinned/go-NAME.txt` holds package and version as `go install` takes them, and the module's checksum as `go.sum` has it;
 * what it needs is pinned by its own `go.sum`. Built once, and again when that file changes. `skipped` when this machine
 * has no Go from `minMinor` on; throws when it cannot be built, which is no reason to pass.
 */
export function goProgram(env: string, name: string, minMinor: number): GoProgram {
  const pin = readFileSync(join(PINNED, `go-${name}.txt`), 'utf8').trim();
  const [source = '', checksum = ''] = pin.split(' ');
  const folder = join(env, 'go');
  const program = join(folder, basename(source.split('@')[0] ?? ''));
  const done = join(folder, `${name}.txt`);
  if (existsSync(program) && existsSync(done) && readFileSync(done, 'utf8') === pin) return { program };
  const minor = goMinor();
  if (minor === null) return { skipped: 'go is not there' };
  if (minor < minMinor) return { skipped: `${name} needs Go 1.${minMinor} or later; go is 1.${minor}` };
  mkdirSync(folder, { recursive: true });
  console.log(`building ${source}: some minutes, once`);
  const options = { GOBIN: folder, GOFLAGS: '-p=2 -buildvcs=false' };
  execFileSync('go', ['install', source], { stdio: 'inherit', env: { ...process.env, ...options } });
  const built = execFileSync('go', ['version', '-m', program], { encoding: 'utf8' });
  if (!built.includes(`\t${checksum}\n`)) throw new Error(`${source} has another checksum than ${checksum}:\n${built}`);
  writeFileSync(done, pin);
  return { program };
}

/** 26 for Go 1.26.8; null when there is no Go. */
function goMinor(): number | null {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  const minor = /go1\.(\d+)/.exec(stdout ?? '')?.[1];
  return status === 0 && minor !== undefined ? Number(minor) : null;
}
