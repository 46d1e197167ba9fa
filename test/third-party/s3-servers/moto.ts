import { dirname, join } from 'node:path';
import { type ServerProcess, startServerProcess } from '../server-process';

/** The S3 of moto's server. `python`: the interpreter it was installed beside. */
export function startMoto(python: string): Promise<ServerProcess> {
  return startServerProcess({
    name: 'moto',
    program: join(dirname(python), 'moto_server'),
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    healthPath: '/moto-api/',
  });
}
