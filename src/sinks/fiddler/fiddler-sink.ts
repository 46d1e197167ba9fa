import * as z from 'zod';
import { MAX_IN_FLIGHT } from '../../config/defaults';
import { bodyOf } from '../../core/batch';
import type { ColumnPlan } from '../../core/column-plan';
import { type BatchTemplate, type RowTemplate, slot } from '../../core/row-template';
import type { InferenceBatch } from '../../core/types';
import { type HttpAnswer, type HttpClient, openHttpClient } from '../http/http-client';
import { statusResult, type StatusWords } from '../http/status';
import { maskPayload } from '../mask-payload';
import type { OpenSink, SinkContext, SinkProblem } from '../sink';
import type { FiddlerConfig } from './definition';
import { type FiddlerModel, modelAnswer, planOf } from './model-schema';

const WORDS: StatusWords = { partner: 'Fiddler', token: "Fiddler's token", model: 'the model' };
// AWS stands before Fiddler there, and answers the same statuses.
const PARTNER_APP_WORDS: StatusWords = {
  ...WORDS,
  token: "Fiddler's token, or this function's role (sagemaker:CallPartnerAppApi on the partner app),",
};

export async function openFiddler(config: FiddlerConfig, context: SinkContext): Promise<OpenSink | SinkProblem> {
  const base = new URL(config.url.endsWith('/') ? config.url : `${config.url}/`);
  const client = await openClient(base.origin, config, context);
  const words = config.partnerApp === undefined ? WORDS : PARTNER_APP_WORDS;
  const headers = {
    authorization: `Bearer ${context.secrets.token ?? ''}`,
    accept: 'application/json',
    'user-agent': `capture-relay/${context.version}`,
    'x-fiddler-client-name': 'capture-relay',
    'x-fiddler-client-version': context.version,
  };
  const answer = await client.send({
    method: 'GET',
    url: new URL(`v3/models/${config.modelId}`, base),
    headers,
    body: null,
    signal: context.signal ?? AbortSignal.timeout(context.requestTimeoutMs),
  });
  const model = readModel(answer, config, words);
  if ('problem' in model) {
    await client.close();
    return model;
  }
  const timestampColumn = config.timestampColumn === undefined ? (model.event_ts_col ?? null) : config.timestampColumn;
  const eventIdColumn = config.eventIdColumn === undefined ? (model.event_id_col ?? null) : config.eventIdColumn;
  const template = batchTemplate(config.modelId, eventIdColumn, timestampColumn);
  const eventsUrl = new URL('v3/events', base);
  return {
    template,
    columns: withConfigured(planOf(model), config),
    needsTime: timestampColumn === null ? 'no' : 'any',
    deliver: async (batch: InferenceBatch, signal: AbortSignal) => {
      // Fiddler's client marks a repeat so that its backend may recognise the conflict: 1 is the first retry.
      const retry: Readonly<Record<string, string>> =
        batch.attempt > 0 ? { 'x-fiddler-client-retry': String(batch.attempt) } : {};
      const sent = await client.send({
        method: 'POST',
        url: eventsUrl,
        headers: { ...headers, ...retry, 'content-type': 'application/json' },
        body: bodyOf(batch, template),
        signal,
      });
      const detail =
        sent.kind === 'answer' && sent.contentType.includes('json')
          ? maskPayload(errorMessage(sent.text), batch.inferences)
          : '';
      return statusResult(sent, words, detail) ?? readAccepted(sent, batch);
    },
    close: () => client.close(),
  };
}

/** Signing is loaded where it is used: it brings AWS's whole chain of credentials. */
async function openClient(
  origin: string,
  { partnerApp, batch }: FiddlerConfig,
  context: SinkContext,
): Promise<HttpClient> {
  const client = openHttpClient({
    origin,
    timeoutMs: context.requestTimeoutMs,
    maxConnections: batch?.maxInFlight ?? MAX_IN_FLIGHT,
  });
  if (partnerApp === undefined) return client;
  const { partnerAppClient } = await import('./partner-app');
  return partnerAppClient(client, partnerApp);
}

/** The body of POST /v3/events, as Fiddler's own client sends it. */
function batchTemplate(modelId: string, eventIdColumn: string | null, timestampColumn: string | null): BatchTemplate {
  const row: RowTemplate = {
    '...': slot('columns'),
    ...(eventIdColumn === null ? {} : { [eventIdColumn]: slot('partnerInferenceId') }),
    ...(timestampColumn === null ? {} : { [timestampColumn]: slot('inferenceTime') }),
  };
  return {
    row,
    open: '{"source":{"events":[',
    separator: ',',
    close: `],"type":"EVENTS"},"model_id":${JSON.stringify(modelId)},"env_type":"PRODUCTION","env_name":null}`,
  };
}

/** Without the model's schema rows go out untyped; that is fine where the configuration names them all. */
function readModel(answer: HttpAnswer, config: FiddlerConfig, words: StatusWords): FiddlerModel | SinkProblem {
  const problem = statusResult(answer, words, 'asked for the model');
  if (problem !== null) {
    const isUnreadable = answer.kind === 'answer' && (answer.status === 403 || answer.status === 404);
    if (isUnreadable && config.columns?.inputs !== undefined) return {};
    if (problem.kind === 'retryable' || problem.kind === 'misconfigured') return { problem };
    return { problem: { kind: 'retryable', reason: 'Fiddler refused to describe the model', waitMs: null } };
  }
  const parsed = modelAnswer.safeParse(answer.kind === 'answer' ? jsonOrNull(answer.text) : null);
  if (parsed.success) return parsed.data.data;
  return { problem: { kind: 'retryable', reason: "Fiddler's description of the model cannot be read", waitMs: null } };
}

/** Columns a person named are sent even when the schema does not list them: then Fiddler says what is wrong with them. */
function withConfigured(plan: ColumnPlan, config: FiddlerConfig): ColumnPlan {
  if (plan.known === null) return plan;
  return {
    ...plan,
    known: new Set([...plan.known, ...(config.columns?.inputs ?? []), ...(config.columns?.outputs ?? [])]),
  };
}

const acceptedAnswer = z.object({ data: z.object({ event_ids: z.array(z.string()) }) });

function readAccepted(answer: HttpAnswer, batch: InferenceBatch): ReturnType<typeof statusResult> & object {
  const parsed = acceptedAnswer.safeParse(answer.kind === 'answer' ? jsonOrNull(answer.text) : null);
  if (!parsed.success)
    return {
      kind: 'retryable',
      reason: 'Fiddler answered 2xx without the event ids it documents, so nothing is known of the events',
      waitMs: null,
    };
  const ids = parsed.data.data.event_ids;
  if (ids.length !== batch.inferences.length)
    return {
      kind: 'retryable',
      reason: `Fiddler confirmed ${ids.length} of ${batch.inferences.length} events`,
      waitMs: null,
    };
  return { kind: 'accepted', ids };
}

function errorMessage(text: string): string {
  const json = z.object({ error: z.object({ message: z.string() }) }).safeParse(jsonOrNull(text));
  return json.success ? json.data.error.message : '';
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
