import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { s3Store } from '../../src/store/s3-store';
import type { StateStore } from '../../src/store/state-store';
import { STORE_CONTRACT, type StoreExpectation } from '../store/store-contract';
import { STORE_RACES } from '../store/store-races';
import { STORE_DIFFERENCES, type StoreSide } from './expectations/known-differences';
import { goProgram } from './go-program';
import { startMinistack } from './ministack/server';
import { type PythonPackages, pythonEnvironment } from './python-environment';
import { startMoto } from './s3-servers/moto';
import { startVersitygw } from './s3-servers/versitygw';
import type { ServerProcess } from './server-process';

/** The contract of the state store, races included, on S3s that others wrote, with versions and without. */
export const name = 'the state store of the ledger keeps its contract on versitygw, MiniStack and moto';

const CREDENTIALS = { accessKeyId: 'capture-relay', secretAccessKey: 'capture-relay-secret' };

interface Server {
  readonly name: 'versitygw' | 'MiniStack' | 'moto';
  readonly expectations: readonly StoreExpectation[];
  readonly install: (env: string) => { readonly start: () => Promise<ServerProcess> } | { readonly skipped: string };
}

const SERVERS: readonly Server[] = [
  {
    name: 'versitygw',
    expectations: [...STORE_CONTRACT, ...STORE_RACES],
    install: (env) => {
      const found = goProgram(env, 'versitygw', 25);
      return 'skipped' in found ? found : { start: () => startVersitygw(found.program, CREDENTIALS) };
    },
  },
  {
    name: 'MiniStack',
    expectations: [...STORE_CONTRACT, ...STORE_RACES],
    install: (env) => inPython(env, { name: 'ministack', minors: [10, 14] }, startMinistack),
  },
  {
    name: 'moto',
    // No races: its threads look at a condition and write in two steps (moto/s3/responses.py), and once lost 1 of 200.
    expectations: STORE_CONTRACT,
    install: (env) => inPython(env, { name: 'moto', minors: [11, 14] }, startMoto),
  },
];

function inPython(env: string, packages: PythonPackages, start: (python: string) => Promise<ServerProcess>) {
  const found = pythonEnvironment(env, packages);
  return 'skipped' in found ? found : { start: () => start(found.python) };
}

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const problems = namesThatAreNoMore();
  const skipped: string[] = [];
  for (const server of SERVERS) {
    const installed = server.install(env);
    if ('skipped' in installed) skipped.push(`${server.name}: ${installed.skipped}`);
    else problems.push(...(await problemsOn(server, await installed.start())));
  }
  assert.deepEqual(problems, []);
  return skipped.length === 0 ? undefined : { skipped: `not asked: ${skipped.join('; ')}` };
}

function namesThatAreNoMore(): string[] {
  const names = [...STORE_CONTRACT, ...STORE_RACES].map((each) => each.name);
  assert.equal(new Set(names).size, names.length, 'every expectation has a name of its own');
  const known = Object.values(STORE_DIFFERENCES).flatMap((differences) => Object.keys(differences));
  return known.filter((each) => !names.includes(each)).map((each) => `"${each}" is no expectation any more`);
}

async function problemsOn(server: Server, { url, stop }: ServerProcess): Promise<string[]> {
  const common = { region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 };
  const client = new S3Client({ ...common, endpoint: url, forcePathStyle: true });
  try {
    const plain = s3Store(client, await bucketOf(client, 'plain'));
    const versioned = s3Store(client, await bucketOf(client, 'versioned'), 'state/');
    return [
      ...(await problemsIn(server.name, plain, server.expectations)),
      ...(await problemsIn(`${server.name}, versioned`, versioned, server.expectations)),
    ];
  } finally {
    client.destroy();
    await stop();
  }
}

async function bucketOf(client: S3Client, kind: 'plain' | 'versioned'): Promise<string> {
  const Bucket = `state-${kind}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  if (kind === 'versioned') await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return Bucket;
}

async function problemsIn(side: StoreSide, store: StateStore, all: readonly StoreExpectation[]): Promise<string[]> {
  const problems: (string | null)[] = [];
  for (const [at, each] of all.entries()) problems.push(await problemOf(side, store, each, `e${at}/`));
  return problems.filter((problem) => problem !== null);
}

async function problemOf(side: StoreSide, store: StateStore, each: StoreExpectation, own: string) {
  const observed = await each.observe(store, own).catch((error: unknown) => `threw ${String(error)}`);
  const known = STORE_DIFFERENCES[side]?.[each.name];
  const isMet = isDeepStrictEqual(observed, each.expected);
  if (isMet && known !== undefined) return `${side}: "${each.name}" is met now; its known difference is out of date`;
  if (isMet || (known !== undefined && isDeepStrictEqual(observed, known.observed))) return null;
  return `${side}: ${each.name}: expected ${JSON.stringify(each.expected)}, observed ${JSON.stringify(observed)}`;
}
