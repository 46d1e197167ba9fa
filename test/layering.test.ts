import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Imports point one way: core ← sinks, config ← app ← doors. What may import what is this table. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': ['src/core'],
  'src/config': ['src/config', 'src/core', 'src/sinks', 'src/version.ts'],
  'src/sinks': ['src/sinks', 'src/core', 'src/config'],
  'src/aws': ['src/aws', 'src/core', 'src/sinks', 'src/app'],
  'src/store': ['src/store', 'src/core'],
  'src/ledger': ['src/ledger', 'src/store', 'src/core'],
  'src/quarantine': ['src/quarantine', 'src/core', 'src/store', 'src/ledger'],
  'src/sweep': ['src/sweep', 'src/aws', 'src/config', 'src/core', 'src/ledger', 'src/store'],
  'src/pressure': ['src/pressure', 'src/store', 'src/core'],
  'src/app': [
    'src/app',
    'src/aws',
    'src/config',
    'src/core',
    'src/ledger',
    'src/pressure',
    'src/quarantine',
    'src/sinks',
    'src/store',
    'src/version.ts',
  ],
  'src/local': ['src/local', 'src/core', 'src/config', 'src/aws', 'src/ledger', 'src/sinks', 'src/app'],
  'src/replay': [
    'src/replay',
    'src/app',
    'src/aws',
    'src/config',
    'src/core',
    'src/ledger',
    'src/quarantine',
    'src/sinks',
    'src/store',
  ],
  // Pure, and so for both times: synth and `plan`, template and custom resource.
  'lib/notifications': ['lib/notifications', 'src/core'],
  'src/index.ts': ['src/app', 'src/config', 'src/core', 'src/sinks'],
  'src/cli': [
    'src/cli',
    'lib/notifications',
    'src/replay',
    'src/local',
    'src/ledger',
    'src/quarantine',
    'src/store',
    'src/sweep',
    'src/app',
    'src/aws',
    'src/config',
    'src/core',
    'src/sinks',
    'src/version.ts',
  ],
  'lib/kms': ['lib/kms', 'src/config', 'src/core'],
  'lib/nag': ['lib/nag'],
  'lib/endpoint': ['lib/endpoint', 'lib/kms', 'lib/nag', 'src/config'],
  'lib/forwarder': [
    'lib/forwarder',
    'lib/constructs',
    'lib/nag',
    // Rules that hold for props as for YAML, said once.
    'lib/config',
    'src/config',
    'src/core',
    'src/sinks',
  ],
  'lib/constructs': [
    'lib/constructs',
    'lib/endpoint',
    'lib/forwarder',
    'lib/kms',
    'lib/nag',
    'lib/notifications',
    'src/aws',
    'src/config',
    'src/core',
    'src/sweep',
  ],
  'lib/stacks': [
    'lib/stacks',
    'lib/config',
    'lib/constructs',
    'lib/endpoint',
    'lib/kms',
    'lib/nag',
    'src/config',
    'src/core',
  ],
  'lib/config': ['lib/config', 'lib/endpoint', 'lib/notifications', 'src/cli', 'src/config', 'src/core', 'src/sinks'],
  'lib/cost': ['lib/cost', 'lib/constructs', 'src/aws', 'src/core', 'src/sweep'],
  'lib/app': ['lib/app', 'lib/config', 'lib/stacks', 'src/core'],
  'lib/index.ts': [
    'lib/app',
    'lib/config',
    'lib/constructs',
    'lib/forwarder',
    'lib/kms',
    'lib/notifications',
    'lib/stacks',
    'src/config',
    'src/core',
  ],
  'bin/app.ts': ['lib/app', 'lib/config', 'src/core'],
  lambdas: [
    'lambdas',
    'lib/notifications',
    'src/app',
    'src/aws',
    'src/core',
    'src/config',
    'src/ledger',
    'src/store',
    'src/sweep',
    'src/version.ts',
  ],
};

/** Packages the pure parts must not know. */
const NO_PACKAGES = ['src/core', 'lib/notifications'];
const root = join(__dirname, '..');

function sources(folder: string): string[] {
  if (folder.endsWith('.ts')) return [folder];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import|import\(|require\()\s*'([^']+)'/g)].flatMap((match) => match[1] ?? []);
}

function targetOf(file: string, specifier: string): string {
  return relative(root, resolve(root, dirname(file), specifier));
}

const folderOf = (path: string): string =>
  Object.keys(MAY_IMPORT).find((folder) => path === folder || path.startsWith(`${folder}/`)) ?? path;

describe('layering', () => {
  test.each(Object.keys(MAY_IMPORT))('%s imports only what it may', (folder) => {
    const allowed = MAY_IMPORT[folder] ?? [];
    const wrong = sources(folder).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => targetOf(file, specifier))
        .filter((target) => !allowed.includes(folderOf(target)) && !allowed.includes(`${target}.ts`))
        .map((target) => `${file} imports ${target}`),
    );

    expect(wrong).toEqual([]);
  });

  test('every folder of src stands in the table', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.map((entry) => `src/${entry.name}`).filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
  });

  test.each(NO_PACKAGES)('%s knows no package, no network, no files and no environment', (folder) => {
    const wrong = sources(folder).flatMap((file) => {
      const outside = importsOf(file).filter(
        (specifier) => !specifier.startsWith('.') && !['node:crypto', 'node:buffer', 'node:zlib'].includes(specifier),
      );
      const environment = /process\.env|Date\.now|new Date\(\)|Math\.random/.test(
        readFileSync(join(root, file), 'utf8'),
      )
        ? ['process, clock or chance']
        : [];
      return [...outside, ...environment].map((what) => `${file}: ${what}`);
    });

    expect(wrong).toEqual([]);
  });

  test('nothing that runs in a Lambda knows the CDK', () => {
    expect(
      [...sources('src'), ...sources('lambdas'), ...sources('lib/notifications')].filter((file) =>
        importsOf(file).some((specifier) => /aws-cdk|constructs/.test(specifier)),
      ),
    ).toEqual([]);
  });

  test('a file that passes 250 lines holds two ideas', () => {
    const long = [...sources('src'), ...sources('lambdas'), ...sources('lib')]
      .map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 250);

    expect(long).toEqual([]);
  });
});
