import * as z from 'zod';
import { commonSinkFields } from '../../config/fields';
import { defineSink } from '../define-sink';

/** Inferences to disk: one file for each capture file, complete or not there at all. */
export type FileConfig = z.infer<typeof schema>;

const schema = z.strictObject({
  type: z.literal('file'),
  /** Folder; made when missing. Below it stand the capture keys. */
  path: z.string().min(1),
  /** `ndjson`: one inference a line. `json-array`: one array a file, as Arthur's current platform reads it. Default ndjson. */
  format: z.enum(['ndjson', 'json-array']).optional(),
  ...commonSinkFields,
});

export const file = defineSink<FileConfig>({
  type: 'file',
  schema,
  // A batch is one write; 1,000 rows are some 500 KB. One at a time keeps the order of the capture file.
  limits: () => ({ maxBatchInferences: 1_000, maxBatchBytes: 64 << 20, maxInferenceBytes: 64 << 20, maxInFlight: 1 }),
  secrets: () => ({}),
  delivered: 'The file was written, flushed to the disk and renamed into its place.',
  repeats: 'The same capture file makes the same file again: a repeat changes nothing.',
  load: async () => (await import('./file-sink')).openFile,
});
