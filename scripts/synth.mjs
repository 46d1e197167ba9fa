// Synthesizes every example into cdk.out/<example>, strictly: a warning fails. Prints how long each took.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(join(root, 'examples')).filter((name) =>
  readdirSync(join(root, 'examples', name)).includes('models'),
);
const words = process.argv.slice(2);
const chosen = names.filter((name) => words.length === 0 || words.includes(name));
if (chosen.length === 0) {
  console.error(`there is no example ${words.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(2);
}
// `cdk.json` names the program that runs the application; npm would have put its folder here.
const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
const width = Math.max(...chosen.map((name) => name.length));
for (const name of chosen) {
  const startedMs = performance.now();
  try {
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/aws-cdk/bin/cdk'),
        'synth',
        '--strict',
        '--quiet',
        '--context',
        `directory=examples/${name}`,
        '--output',
        `cdk.out/${name}`,
      ],
      { cwd: root, stdio: 'pipe', env: { ...process.env, PATH, CDK_DISABLE_CLI_TELEMETRY: 'true' } },
    );
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout?: Buffer, stderr?: Buffer }} */ (error);
    console.error(`${name} does not synthesize:\n${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}`);
    process.exit(1);
  }
  console.log(`${name.padEnd(width)}  0 findings  ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
