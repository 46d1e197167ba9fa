import { type Answer, htmlAnswer, jsonAnswer } from './answer';
import { readCapturedLine } from './arthur-capture';
import { type ArthurCall, arthurError, type IngestContext } from './arthur-ingest';
import type { ArthurModel } from './arthur-model';
import { judgeGroundTruth, judgeInference } from './arthur-rows';
import { type FormOutcome, readForm } from './form-upload';
import { isJsonArray, type Json, parseJson } from './json';
import { LineSplitter } from './line-splitter';
import { parquetRowCount } from './parquet-row-count';

/** Arthur's two file calls. Both are asynchronous there: 207 says the file was taken, and single failures go out by e-mail. */
interface Failure {
  readonly place: string;
  readonly message: string;
}

/** `POST …/inferences/integrations/sagemaker_data_capture`: one whole Data Capture file, decoded as it streams in. */
export async function postDataCapture(
  context: IngestContext & UploadLimit,
  model: ArthurModel,
  call: ArthurCall,
): Promise<Answer | null> {
  let lineNumber = 0;
  let stored = 0;
  let isThere = false;
  const failures: Failure[] = [];
  const lines = new LineSplitter((line) => {
    lineNumber += 1;
    const read = readCapturedLine(line);
    if ('refused' in read) {
      failures.push({ place: `line ${lineNumber}`, message: read.refused });
      return;
    }
    for (const { id, row } of read.rows)
      context.store.add(model.id, id, row, { via: 'data-capture', request: call.number });
    stored += read.rows.length;
  });
  const outcome = await readForm(call.request, context.maxUploadBytes, ({ name }) => {
    if (name !== 'inference_data') return () => {};
    isThere = true;
    return (chunk) => lines.push(chunk);
  });
  if (outcome !== 'whole') return refusedForm(outcome);
  if (!isThere) return arthurError(400, 'the part inference_data is missing');
  lines.end();
  context.store.refuse(model.id, failures.length);
  return fileAnswer(stored, failures);
}

export interface UploadLimit {
  readonly maxUploadBytes: number;
}

/** `POST …/inferences/file`: a JSON array of inferences (or of ground truth), or Parquet, of which only rows are counted. */
export async function postFile(
  context: IngestContext & UploadLimit,
  model: ArthurModel,
  call: ArthurCall,
): Promise<Answer | null> {
  const parts = new Map<string, Buffer[]>();
  const outcome = await readForm(call.request, context.maxUploadBytes, ({ name }) => {
    const chunks: Buffer[] = [];
    parts.set(name, chunks);
    return (chunk) => void chunks.push(chunk);
  });
  if (outcome !== 'whole') return refusedForm(outcome);
  const kind = parts.has('inference_data') ? 'inference_data' : 'ground_truth_data';
  const chunks = parts.get(kind);
  if (chunks === undefined) return arthurError(400, 'neither inference_data nor ground_truth_data is there');
  const bytes = Buffer.concat(chunks);
  const parquetRows = parquetRowCount(bytes);
  if (parquetRows !== null) return fileAnswer(parquetRows, []);
  const parsed = parseJson(bytes);
  if (!parsed.ok || !isJsonArray(parsed.value)) return arthurError(400, `${kind} is neither Parquet nor a JSON array`);
  return fileAnswer(...takeRows(context, model, call, kind, parsed.value));
}

function takeRows(
  { store }: IngestContext,
  model: ArthurModel,
  call: ArthurCall,
  kind: 'inference_data' | 'ground_truth_data',
  rows: readonly Json[],
): [number, Failure[]] {
  const failures: Failure[] = [];
  rows.forEach((row, index) => {
    const verdict = kind === 'inference_data' ? judgeInference(model, row) : judgeGroundTruth(model, row);
    if (!verdict.fits) failures.push({ place: `row ${index}`, message: verdict.reason });
    else if (kind === 'inference_data')
      store.add(model.id, verdict.id, verdict.row, { via: 'file', request: call.number });
    else store.update(model.id, verdict.id, verdict.row);
  });
  store.refuse(model.id, failures.length);
  return [rows.length - failures.length, failures];
}

function fileAnswer(success: number, failures: readonly Failure[]): Answer {
  const counts = { success, failure: failures.length, total: success + failures.length };
  return jsonAnswer(207, { counts, failures });
}

function refusedForm(outcome: Exclude<FormOutcome, 'whole'>): Answer | null {
  if (outcome === 'cut') return null;
  return outcome === 'too-large'
    ? htmlAnswer(413)
    : arthurError(400, 'the body is not well-formed multipart/form-data');
}
