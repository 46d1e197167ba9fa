import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startServerProcess } from '../server-process';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * versitygw over a fresh folder. It verifies signatures, so the credentials must be the client's. Its option `--sidecar`
 * would do without the file system's extended attributes, and then what it says of an object can be another write's.
 */
export async function startVersitygw(program: string, credentials: Credentials): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'versitygw-'));
  const [data, versions] = [join(folder, 'data'), join(folder, 'versions')];
  for (const each of [data, versions]) mkdirSync(each);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const server = await startServerProcess({
      name: 'versitygw',
      program,
      args: (port) => {
        const listening = ['--port', `127.0.0.1:${port}`, '--quiet', '--health', '/health'];
        const account = ['--access', credentials.accessKeyId, '--secret', credentials.secretAccessKey];
        return [...listening, ...account, 'posix', '--versioning-dir', versions, data];
      },
      healthPath: '/health',
    });
    return { url: server.url, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
