import { randomUUID } from 'node:crypto';
import type { Answer } from './answer';
import { fiddlerData, fiddlerError } from './fiddler-answers';
import type { FiddlerJobs } from './fiddler-jobs';
import type { FiddlerModel } from './fiddler-model';
import { judgeEvents } from './fiddler-rows';
import type { InferenceStore } from './inference-store';
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from './json';
import type { PartnerCall } from './partner-server';

/** `/v3/events`: publish, update and delete. One answer for the whole call; no event has a result of its own. */
export interface EventsContext {
  readonly store: InferenceStore;
  readonly jobs: FiddlerJobs;
  readonly models: ReadonlyMap<string, FiddlerModel>;
  readonly publishStatus: 200 | 202;
  /** Whether a refusal says which event it is about. */
  readonly namesRow: boolean;
}

/** Source: Fiddler's Events page and its client, which slices streams so. */
const MAX_EVENTS = 1000;
/** Source: the limit in Fiddler's client. */
const MAX_DELETED_IDS = 10_000;

/** `POST` stores events (also those whose id is known), `PATCH` updates PRODUCTION events; an unknown id changes nothing, silently. */
export function publish(context: EventsContext, call: PartnerCall<never>, body: Json): Answer {
  if (!isJsonObject(body)) return fiddlerError(400, 'the body must be an object');
  const model = modelOf(context, body);
  if (model === null) return fiddlerError(404, 'model not found');
  const environment = member(body, 'env_type');
  if (environment !== 'PRODUCTION' && environment !== 'PRE_PRODUCTION')
    return fiddlerError(400, 'env_type is not known');
  const isUpdate = call.method === 'PATCH';
  if (isUpdate && environment !== 'PRODUCTION') return fiddlerError(400, 'only PRODUCTION events can be updated');
  const source = member(body, 'source');
  if (!isJsonObject(source)) return fiddlerError(400, 'source must be an object');
  if (member(source, 'type') === 'FILE') return publishFile(context, model, source);
  if (member(source, 'type') !== 'EVENTS') return fiddlerError(400, 'source.type must be EVENTS or FILE');
  if (environment !== 'PRODUCTION') return fiddlerError(400, 'events of PRE_PRODUCTION are published as a file');
  const events = member(source, 'events');
  if (!isJsonArray(events) || events.length === 0)
    return fiddlerError(400, 'source.events must be a list that is not empty');
  if (events.length > MAX_EVENTS) return fiddlerError(400, `source.events holds more than ${MAX_EVENTS} events`);
  return publishEvents(context, model, call, events, isUpdate);
}

function publishEvents(
  { store, publishStatus, namesRow }: EventsContext,
  model: FiddlerModel,
  call: PartnerCall<never>,
  events: readonly Json[],
  isUpdate: boolean,
): Answer {
  const verdict = judgeEvents(model, events);
  if (!verdict.fits) {
    store.refuse(model.id, events.length);
    return fiddlerError(
      400,
      namesRow ? `events[${verdict.row}]: ${verdict.reason}` : 'the events do not match the schema of the model',
    );
  }
  const ids = verdict.rows.map((row) => {
    const id = eventId(model, row);
    if (isUpdate) store.update(model.id, id, row);
    else store.add(model.id, id, row, { via: 'rows', request: call.number });
    return id;
  });
  return fiddlerData(publishStatus, { source_type: 'EVENTS', event_ids: ids });
}

function eventId(model: FiddlerModel, row: JsonObject): string {
  const own = model.event_id_col === null ? undefined : member(row, model.event_id_col);
  return typeof own === 'string' || typeof own === 'number' ? String(own) : randomUUID();
}

function publishFile({ jobs, publishStatus }: EventsContext, model: FiddlerModel, source: JsonObject): Answer {
  const fileId = member(source, 'file_id');
  const file = typeof fileId === 'string' ? jobs.files.get(fileId) : undefined;
  if (file === undefined) return fiddlerError(404, 'file not found');
  file.publishedTo = model.id;
  return fiddlerData(publishStatus, { source_type: 'FILE', job: jobs.start('Publish events') });
}

/** `DELETE`: by ids or by time range, one of them; the vendor's client sends `update_metrics: false` beside the ids. */
export function deleteEvents(context: EventsContext, body: Json): Answer {
  const model = isJsonObject(body) ? modelOf(context, body) : null;
  if (!isJsonObject(body) || model === null) return fiddlerError(404, 'model not found');
  const ids = member(body, 'event_ids') ?? null;
  const chosen = [ids, member(body, 'time_range') ?? null, member(body, 'update_metrics') === true ? true : null];
  if (chosen.filter((choice) => choice !== null).length > 1) {
    return fiddlerError(400, 'event_ids, time_range and update_metrics exclude each other');
  }
  if (ids !== null && (!isJsonArray(ids) || ids.length > MAX_DELETED_IDS)) {
    return fiddlerError(400, `event_ids must be a list of at most ${MAX_DELETED_IDS}`);
  }
  if (ids !== null) context.store.remove(model.id, ids.map(String));
  return fiddlerData(202, { job: context.jobs.start('Delete events') });
}

function modelOf({ models }: EventsContext, body: JsonObject): FiddlerModel | null {
  const id = member(body, 'model_id');
  return (typeof id === 'string' ? models.get(id) : undefined) ?? null;
}
