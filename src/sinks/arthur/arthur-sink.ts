import { MAX_IN_FLIGHT } from '../../config/defaults';
import { bodyOf } from '../../core/batch';
import { type BatchTemplate, slot } from '../../core/row-template';
import { type ColumnPlan, NO_PLAN } from '../../core/column-plan';
import type { InferenceBatch } from '../../core/types';
import { type HttpAnswer, type HttpClient, openHttpClient } from '../http/http-client';
import { statusResult, type StatusWords } from '../http/status';
import { maskPayload } from '../mask-payload';
import type { OpenSink, SinkContext, SinkProblem } from '../sink';
import { readAnswer } from './answer';
import { modelSchema, planOf } from './attributes';
import { captureUpload } from './capture-upload';
import type { ArthurConfig } from './definition';

/** `inference_data` holds inputs and predictions side by side, by attribute name. */
const TEMPLATE: BatchTemplate = {
  row: {
    inference_timestamp: slot('inferenceTime'),
    partner_inference_id: slot('partnerInferenceId'),
    inference_data: slot('columns'),
  },
  open: '[',
  separator: ',',
  close: ']',
};

const WORDS: StatusWords = { partner: 'Arthur', token: "Arthur's token (raw_data write)", model: 'the model' };

export async function openArthur(config: ArthurConfig, context: SinkContext): Promise<OpenSink | SinkProblem> {
  const base = new URL(`api/v3/models/${encodeURIComponent(config.modelId)}`, withSlash(config.host));
  const client = openHttpClient({
    origin: base.origin,
    timeoutMs: context.requestTimeoutMs,
    maxConnections: config.batch?.maxInFlight ?? MAX_IN_FLIGHT,
  });
  // The bare token: Arthur's v3 knows no "Bearer".
  const headers = {
    authorization: context.secrets.token ?? '',
    accept: 'application/json',
    'user-agent': `capture-relay/${context.version}`,
  };
  const columns = config.mode === 'pass-through' ? null : await fetchPlan(client, base, headers, context);
  if (columns !== null && 'problem' in columns) {
    await client.close();
    return columns;
  }
  const rowsUrl = new URL(`${base.href}/inferences`);
  return {
    template: TEMPLATE,
    columns,
    needsTime: 'zoned',
    deliver: async (batch: InferenceBatch, signal: AbortSignal) => {
      const body = bodyOf(batch, TEMPLATE);
      const answer = await client.send({
        method: 'POST',
        url: rowsUrl,
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        signal,
      });
      const detail =
        answer.kind === 'answer' && answer.contentType.includes('json')
          ? maskPayload(errorMessage(answer.text), batch.inferences)
          : '';
      return statusResult(answer, WORDS, detail) ?? readAnswer(answer.kind === 'answer' ? answer.text : '', batch);
    },
    ...(config.mode === 'pass-through' ? { passThrough: captureUpload(client, base, headers, WORDS) } : {}),
    close: () => client.close(),
  };
}

// A token that may only write cannot tell the names, and Arthur refuses rows under names it does not know.
const UNNAMED: ColumnPlan = {
  ...NO_PLAN,
  unnamed:
    "the values of this model's rows have no names: Arthur's token may not read its attributes (403), and the configuration does not name them; set columns (inputs and outputs) for this sink, or mode: pass-through (ARTHUR_MODE=pass-through)",
};

/** Names, order and types from the model itself; null when it tells none. */
async function fetchPlan(
  client: HttpClient,
  base: URL,
  headers: Readonly<Record<string, string>>,
  context: SinkContext,
): Promise<ColumnPlan | null | SinkProblem> {
  const url = new URL(`${base.href}?id_type=id&expand=attributes`);
  const signal = context.signal ?? AbortSignal.timeout(context.requestTimeoutMs);
  const answer = await client.send({ method: 'GET', url, headers, body: null, signal });
  const problem = statusResult(answer, WORDS, 'asked for the attributes of the model');
  if (problem === null) return readPlan(answer);
  if (answer.kind === 'answer' && answer.status === 403) return UNNAMED;
  const isNotOffered = answer.kind === 'answer' && answer.status === 404;
  const mayPass = problem.kind === 'retryable' || problem.kind === 'misconfigured';
  return mayPass && !isNotOffered ? { problem } : null;
}

function readPlan(answer: HttpAnswer): ColumnPlan | null {
  const parsed = modelSchema.safeParse(answer.kind === 'answer' ? jsonOrNull(answer.text) : null);
  return parsed.success ? planOf(parsed.data.attributes ?? []) : null;
}

function errorMessage(text: string): string {
  const json = jsonOrNull(text);
  return typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string'
    ? json.message
    : '';
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const withSlash = (host: string): string => (host.endsWith('/') ? host : `${host}/`);
