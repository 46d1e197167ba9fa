/** Makes one body of several, as completing a multipart upload does. */
import { createReadStream } from 'node:fs';
import { type RunningDigest, startDigest } from '../wire/checksums';
import type { BodyFiles } from './body-files';

export interface JoinedBody {
  readonly bodyId: string;
  readonly md5Hex: string;
}

const READ_BYTES = 1024 * 1024;

/** Writes the parts one after another into a new body, streaming; `digest` sees all bytes. The parts stay. */
export async function joinBodies(
  bodies: BodyFiles,
  partIds: readonly string[],
  digest: RunningDigest | null,
): Promise<JoinedBody> {
  // Opened at once, so that an abort in the meantime cannot take a part away.
  const sources = partIds.map((id) => createReadStream('', { fd: bodies.openSync(id), highWaterMark: READ_BYTES }));
  const { bodyId, handle } = await bodies.create();
  const md5 = startDigest('MD5');
  try {
    for (const source of sources) {
      for await (const piece of source as AsyncIterable<Buffer>) {
        md5.update(piece);
        digest?.update(piece);
        await handle.appendFile(piece);
      }
    }
    return { bodyId, md5Hex: md5.digest().toString('hex') };
  } catch (error) {
    bodies.remove(bodyId);
    throw error;
  } finally {
    for (const source of sources) source.destroy();
    await handle.close();
  }
}
