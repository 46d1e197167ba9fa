import { readFile, writeFile } from 'node:fs/promises';
import { writeOwnRuntimeClient } from '../../src/local/lambda/own-runtime-client';
import type { RuntimeClient } from '../../src/local/lambda/lambda';

/** Lambda's deadlines are real, whatever the processes take for the time: `in-process.cjs` keeps the real clock for it. */
const ASKS = 'deadlineMs - Date.now()';

export async function worldRuntimeClient(): Promise<{ client: RuntimeClient; remove: () => Promise<void> }> {
  const { client, remove } = await writeOwnRuntimeClient();
  const code = await readFile(client.path, 'utf8');
  if (!code.includes(ASKS)) throw new Error(`the runtime client no longer holds ${ASKS}`);
  await writeFile(client.path, code.replace(ASKS, 'deadlineMs - realNow()'));
  return { client, remove };
}
