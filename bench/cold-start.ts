import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

/**
 * What the bundle weighs, by package, and what loading costs: the handler without any sink, with the sender as it is
 * imported (two files of undici), and with all of undici. Medians of 9 fresh processes, over an empty script.
 */
const RUNS = 9;
const OPTIONS: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  logLevel: 'error',
  metafile: true,
};
const VARIANTS = {
  'empty script': '',
  'client-s3 alone': "require('@aws-sdk/client-s3').S3Client",
  'client-s3 + two files of undici':
    "require('@aws-sdk/client-s3').S3Client; require('undici/lib/dispatcher/pool.js'); require('undici/lib/api/api-request.js')",
  'client-s3 + all of undici': "require('@aws-sdk/client-s3').S3Client; require('undici').Pool",
};

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** CPU milliseconds (user and system) of a process that loads this file. */
function cpuMs(file: string): number {
  const script = `require(${JSON.stringify(file)}); const u = process.cpuUsage(); process.stdout.write(String((u.user + u.system) / 1000))`;
  const env = {
    ...process.env,
    LAMBDA_TASK_ROOT: '/nonexistent',
    ARTHUR_HOST: 'https://app.arthur.ai',
    ARTHUR_MODEL_ID: 'm',
    ARTHUR_ACCESS_TOKEN: 't',
    AWS_REGION: 'us-east-1',
  };
  const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env });
  return Number(stdout.split('\n').at(-1));
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cold-'));
  const files: [string, string][] = [];
  for (const [name, code] of Object.entries(VARIANTS)) {
    const outfile = join(folder, `${name.replaceAll(/\W+/g, '-')}.js`);
    await build({ ...OPTIONS, stdin: { contents: code, resolveDir: process.cwd() }, outfile });
    files.push([name, outfile]);
  }
  execFileSync(process.execPath, ['scripts/bundle.mjs', join(folder, 'forward')]);
  files.push(['the forward handler', join(folder, 'forward/index.js')]);
  writeFileSync(join(folder, 'warm.js'), '');
  const times = new Map<string, number[]>(files.map(([name]) => [name, []]));
  for (let run = 0; run < RUNS; run += 1) for (const [name, file] of files) times.get(name)?.push(cpuMs(file));
  const base = median(times.get('empty script') ?? []);
  console.log(`Node ${process.version}; CPU ms over an empty script, median of ${RUNS} processes`);
  for (const [name, file] of files)
    console.log(
      `${name.padEnd(34)} ${String(Math.round(median(times.get(name) ?? []) - base)).padStart(4)} ms  ${basename(file)} ${Math.round(execFileSync('wc', ['-c', file], { encoding: 'utf8' }).trim().split(' ').map(Number)[0] ?? 0).toLocaleString('en-US')} bytes`,
    );
  rmSync(folder, { recursive: true, force: true });
}

void main();
