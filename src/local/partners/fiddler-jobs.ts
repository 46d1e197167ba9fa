import { randomUUID } from 'node:crypto';
import { type Answer, htmlAnswer } from './answer';
import { fiddlerData, fiddlerError } from './fiddler-answers';
import { FIDDLER_USER } from './fiddler-model';
import { readForm } from './form-upload';
import type { JsonObject } from './json';
import type { PartnerCall } from './partner-server';

/** Uploaded files and the jobs that read them. A file's bytes are counted and let go; a job is done as soon as it is asked for. */
export interface FiddlerFile {
  readonly id: string;
  readonly filename: string;
  /** Grows while its parts arrive. */
  bytes: number;
  /** Set by the job that published it. */
  publishedTo: string | null;
  /** Part ids by part number, from 1; empty for a file that came in one piece. */
  readonly parts: Map<number, string>;
}

/** The client sends larger files in parts of 100 MiB. */
const MAX_PART_BYTES = 104_857_600;
/** Room for the form around a part. */
const MAX_FORM_BYTES = MAX_PART_BYTES + 64 * 1024;

export class FiddlerJobs {
  readonly files = new Map<string, FiddlerFile>();
  readonly #jobs = new Map<string, JsonObject>();

  constructor(private readonly now: () => Date) {}

  /** A finished job under a new id; what it was for is its name. */
  start(name: string): JsonObject {
    const id = randomUUID();
    this.#jobs.set(id, {
      id,
      name,
      status: 'SUCCESS',
      progress: 100,
      info: {},
      error_message: null,
      error_reason: null,
    });
    return { id, name };
  }

  show(id: string): Answer {
    const job = this.#jobs.get(id);
    return job === undefined ? fiddlerError(404, 'job not found') : fiddlerData(200, job);
  }

  open(filename: string): FiddlerFile {
    const file: FiddlerFile = { id: randomUUID(), filename, bytes: 0, publishedTo: null, parts: new Map() };
    this.files.set(file.id, file);
    return file;
  }

  /** `POST /v3/files/upload`: one part named `file`, with its file name. */
  async upload(call: PartnerCall<never>): Promise<Answer | null> {
    const form = await readUpload(call);
    if (!('filename' in form)) return form.answer;
    const file = this.open(form.filename);
    file.bytes = form.bytes;
    return this.describe(file, 'UPLOADED');
  }

  /** `POST /v3/files/multipart-upload`: fields `file_id` and `part_number` (from 1) beside the bytes. */
  async uploadPart(call: PartnerCall<never>): Promise<Answer | null> {
    const form = await readUpload(call);
    if (!('filename' in form)) return form.answer;
    const file = this.files.get(form.fields.get('file_id') ?? '');
    if (file === undefined) return fiddlerError(404, 'file not found');
    const number = Number(form.fields.get('part_number'));
    if (!Number.isInteger(number) || number < 1) return fiddlerError(400, 'part_number must be a number from 1');
    const partId = randomUUID();
    file.parts.set(number, partId);
    file.bytes += form.bytes;
    return fiddlerData(200, { part_id: partId });
  }

  describe(file: FiddlerFile, status: string): Answer {
    const at = this.now().toISOString();
    return fiddlerData(200, {
      id: file.id,
      filename: file.filename,
      status,
      type: file.filename.split('.').at(-1)?.toUpperCase() ?? '',
      created_at: at,
      updated_at: at,
      created_by: FIDDLER_USER,
      updated_by: FIDDLER_USER,
    });
  }
}

type Upload =
  | { readonly filename: string; readonly bytes: number; readonly fields: ReadonlyMap<string, string> }
  | { readonly answer: Answer | null };

async function readUpload(call: PartnerCall<never>): Promise<Upload> {
  const fields = new Map<string, string>();
  let filename: string | null = null;
  let bytes = 0;
  const outcome = await readForm(call.request, MAX_FORM_BYTES, (head) => {
    if (head.name !== 'file')
      return (chunk) => void fields.set(head.name, (fields.get(head.name) ?? '') + chunk.toString('utf8'));
    filename = head.filename ?? '';
    return (chunk) => void (bytes += chunk.length);
  });
  if (outcome === 'cut') return { answer: null };
  if (outcome === 'too-large' || bytes > MAX_PART_BYTES) return { answer: htmlAnswer(413) };
  if (outcome === 'malformed' || filename === null) return { answer: fiddlerError(400, 'the part file is missing') };
  return { filename, bytes, fields };
}
