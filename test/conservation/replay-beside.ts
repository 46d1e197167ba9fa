import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { World } from './world';
import { CAPTURES, PREFIX, STATE_BUCKET } from './names';

/** `capture-relay replay` as a person runs it, in the same world and on the same ledger. */
const BIN = join(__dirname, '../../bin/capture-relay');

/** Resolves when its process has ended; it counts as running until then. */
export async function replayBeside(world: World): Promise<void> {
  const { machines, servers } = world;
  const child = spawn(
    process.execPath,
    [
      BIN,
      'replay',
      `s3://${CAPTURES}/${PREFIX}`,
      '--config',
      machines.env.CAPTURE_RELAY_CONFIG ?? '',
      '--state',
      `s3://${STATE_BUCKET}`,
      '--endpoint-url',
      servers.s3.url,
      '--region',
      'us-east-1',
    ],
    { env: { PATH: process.env.PATH, AWS_SECRET_ACCESS_KEY: 'x', ...machines.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  machines.running += 1;
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  child.stdout.resume();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  machines.running -= 1;
  // 1: some files were left to others; no code: it was killed.
  if (code !== 0 && code !== 1 && code !== null) throw new Error(`the replay ended with ${code}: ${said}`);
}
