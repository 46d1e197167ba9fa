import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transform } from 'esbuild';

/** The Node every version that hosts a function can stand in for; keeps `import()` as it is written. */
const TARGET = 'node20';

export interface OwnRuntimeClient {
  /** A file a bare `node` can run. */
  readonly client: { readonly path: string };
  /** Deletes it. */
  readonly remove: () => Promise<void>;
}

/**
 * Strips `bootstrap.ts` of its types into a directory of its own, beside nothing that could change how it is read.
 * Works from a checkout and from an installed package alike, as both hold the source.
 */
export async function writeOwnRuntimeClient(): Promise<OwnRuntimeClient> {
  const source = await readFile(path.join(__dirname, 'bootstrap.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'cjs', platform: 'node', target: TARGET });
  const directory = await mkdtemp(path.join(tmpdir(), 'capture-relay-lambda-'));
  const file = path.join(directory, 'bootstrap.cjs');
  await writeFile(file, code);
  return { client: { path: file }, remove: () => rm(directory, { recursive: true, force: true }) };
}
