import ndjson from 'ndjson';
import { inferenceRecord } from '../../core/inference-record';
import { fileName } from '../../core/capture-key';
import { codeOf, messageOf } from '../../core/errors';
import type { CaptureFile, DeliveryResult, InferenceBatch } from '../../core/types';
import type { OpenSink } from '../sink';
import { AtomicFile } from './atomic-file';
import type { FileConfig } from './definition';
import { ExactJson } from './exact-json';
import { outputPath } from './output-path';

export async function openFile(config: FileConfig): Promise<OpenSink> {
  const format = config.format ?? 'ndjson';
  const exact = new ExactJson();
  const open = new Map<string, AtomicFile>();
  const pathOf = (file: CaptureFile): string =>
    outputPath(config.path, file, format === 'ndjson' ? '.ndjson' : '.json');
  return {
    template: null,
    columns: null,
    needsTime: 'no',
    deliver: async (batch) => {
      const file = batch.inferences[0]?.place.file;
      if (file === undefined) return { kind: 'delivered' };
      return written(fileName(file), async () => {
        const path = pathOf(file);
        let output = open.get(path);
        if (output === undefined) {
          output = await AtomicFile.create(path);
          open.set(path, output);
        }
        const text = exact.unmark(await linesOf(batch, exact));
        await output.write(format === 'ndjson' ? text : arrayPiece(text, output.bytes === 0));
      });
    },
    finishFile: async (file, { complete }) => {
      const path = pathOf(file);
      const output = open.get(path);
      open.delete(path);
      if (output === undefined) return { kind: 'delivered' };
      if (!complete) {
        await output.discard();
        return {
          kind: 'retryable',
          reason: 'the capture file was not finished, so nothing of it is kept on disk',
          waitMs: null,
        };
      }
      return written(fileName(file), async () => {
        try {
          if (format === 'json-array') await output.write('\n]\n');
          await output.commit();
        } catch (error) {
          await output.discard();
          throw error;
        }
      });
    },
    close: async () => {
      for (const output of open.values()) await output.discard();
      open.clear();
    },
  };
}

/** One inference a line, by the ndjson package. */
async function linesOf(batch: InferenceBatch, exact: ExactJson): Promise<string> {
  const serialize = ndjson.stringify();
  for (const inference of batch.inferences) serialize.write(exact.toData(inferenceRecord(inference)));
  serialize.end();
  let text = '';
  for await (const piece of serialize as AsyncIterable<Buffer | string>) text += piece.toString();
  return text;
}

function arrayPiece(lines: string, isFirst: boolean): string {
  return `${isFirst ? '[\n' : ',\n'}${lines.trimEnd().replaceAll('\n', ',\n')}`;
}

const MAY_PASS: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE']);

// A disk that is full may have room later; a folder that may not be written or does not exist will not.
async function written(name: string, write: () => Promise<void>): Promise<DeliveryResult> {
  try {
    await write();
    return { kind: 'delivered' };
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    if (MAY_PASS.has(code))
      return {
        kind: 'retryable',
        reason: `writing the inferences of ${name} failed: ${messageOf(error)}`,
        waitMs: null,
      };
    return {
      kind: 'misconfigured',
      code: 'SINK_PATH',
      reason: `the folder of the file sink cannot be written: ${messageOf(error)}`,
    };
  }
}
