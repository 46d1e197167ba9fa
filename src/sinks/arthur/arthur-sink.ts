import { bodyOf } from '../../core/batch';
import { type BatchTemplate, slot } from '../../core/row-template';
import type { ColumnPlan } from '../../core/column-plan';
import type { InferenceBatch } from '../../core/types';
import { type HttpAnswer, openHttpClient } from '../http/http-client';
import { statusResult, type StatusWords } from '../http/status';
import { maskPayload } from '../mask-payload';
import type { OpenSink, SinkContext, SinkProblem } from '../sink';
import { readAnswer } from './answer';
import { modelSchema, planOf } from './attributes';
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
  const client = openHttpClient({ origin: base.origin, timeoutMs: context.requestTimeoutMs, maxConnections: 8 });
  // The bare token: Arthur's v3 knows no "Bearer".
  const headers = {
    authorization: context.secrets.token ?? '',
    accept: 'application/json',
    'user-agent': `capture-relay/${context.version}`,
  };
  const get = (url: URL): Promise<HttpAnswer> =>
    client.send({ method: 'GET', url, headers, body: null, signal: AbortSignal.timeout(context.requestTimeoutMs) });
  const columns = await fetchPlan(get, base, config);
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
    close: () => client.close(),
  };
}

/**
 * Names, order and types from the model itself. A token that may only write cannot read them (403): then names must
 * come from the configuration, because Arthur would refuse rows under names it does not know.
 */
async function fetchPlan(
  get: (url: URL) => Promise<HttpAnswer>,
  base: URL,
  config: ArthurConfig,
): Promise<ColumnPlan | null | SinkProblem> {
  const answer = await get(new URL(`${base.href}?id_type=id&expand=attributes`));
  const problem = statusResult(answer, WORDS, 'asked for the attributes of the model');
  if (problem === null) return readPlan(answer);
  if (problem.kind !== 'retryable' && problem.kind !== 'misconfigured') return null;
  const isForbidden = answer.kind === 'answer' && answer.status === 403;
  const isNotOffered = answer.kind === 'answer' && answer.status === 404;
  if (isNotOffered || (isForbidden && config.columns?.inputs !== undefined)) return null;
  return {
    problem:
      isForbidden && problem.kind === 'misconfigured'
        ? {
            ...problem,
            reason: `${problem.reason}; or name the columns in the configuration, so that they need not be read`,
          }
        : problem,
  };
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
