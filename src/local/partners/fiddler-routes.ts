import { type Answer, emptyAnswer } from './answer';
import { fiddlerData, fiddlerError, fiddlerPage } from './fiddler-answers';
import { deleteEvents, type EventsContext, publish } from './fiddler-events';
import type { FiddlerFile } from './fiddler-jobs';
import { describeFiddlerModel, describeProject, FIDDLER_ORGANIZATION } from './fiddler-model';
import { isJsonArray, isJsonObject, type Json, member } from './json';
import { withJson } from './json-call';
import type { PartnerCall } from './partner-server';
import { type Route, route } from './router';

/** The calls of Fiddler v3, one line each: those of a forwarder and those the vendor's client makes at its start. */
type FiddlerCall = PartnerCall<never>;

/** The client demands 24.4.0 or later; this is the release its current documentation speaks of. */
const SERVER_VERSION = '26.14.0';

export function fiddlerRoutes(context: EventsContext, maxBodyBytes: number): Route<FiddlerCall>[] {
  const { jobs, models } = context;
  const json = (take: (body: Json, call: FiddlerCall) => Answer) => (call: FiddlerCall) =>
    withJson(call.request, maxBodyBytes, fiddlerError, (body) => take(body, call));
  const events = json((body, call) => publish(context, call, body));
  const described = () => [...models.values()].map(describeFiddlerModel);
  return [
    route('GET', '/v3/server-info', () => fiddlerData(200, SERVER_INFO)),
    route('GET', '/v3/version-compatibility', () => emptyAnswer(200)),
    route('GET', '/v3/projects', ({ query }) => fiddlerPage([describeProject()], query)),
    route('GET', '/v3/models', ({ query }) => fiddlerPage(described(), query)),
    route('GET', '/v3/models/{id}', (_call, [id = '']) => {
      const model = models.get(id);
      return model === undefined ? fiddlerError(404, 'model not found') : fiddlerData(200, describeFiddlerModel(model));
    }),
    route('POST', '/v3/events', events),
    route('PATCH', '/v3/events', events),
    route(
      'DELETE',
      '/v3/events',
      json((body) => deleteEvents(context, body)),
    ),
    route('POST', '/v3/files/upload', (call) => jobs.upload(call)),
    route(
      'POST',
      '/v3/files/multipart-init',
      json((body) => openFile(context, body)),
    ),
    route('POST', '/v3/files/multipart-upload', (call) => jobs.uploadPart(call)),
    route(
      'POST',
      '/v3/files/multipart-complete',
      json((body) => completeFile(context, body)),
    ),
    route('GET', '/v3/jobs/{id}', (_call, [id = '']) => jobs.show(id)),
  ];
}

const SERVER_INFO = { feature_flags: {}, server_version: SERVER_VERSION, organization: FIDDLER_ORGANIZATION };

function openFile({ jobs }: EventsContext, body: Json): Answer {
  const filename = isJsonObject(body) ? member(body, 'filename') : undefined;
  if (typeof filename !== 'string') return fiddlerError(400, 'filename is required');
  return jobs.describe(jobs.open(filename), 'INITIATED');
}

/** Every part that arrived must be listed, in order, under the id it was given. */
function completeFile({ jobs }: EventsContext, body: Json): Answer {
  const id = isJsonObject(body) ? member(body, 'file_id') : undefined;
  const file = typeof id === 'string' ? jobs.files.get(id) : undefined;
  if (file === undefined) return fiddlerError(404, 'file not found');
  const parts = isJsonObject(body) ? member(body, 'parts') : undefined;
  const listed =
    isJsonArray(parts) && parts.length === file.parts.size && parts.every((part, at) => isPart(file, part, at + 1));
  return listed
    ? jobs.describe(file, 'UPLOADED')
    : fiddlerError(400, 'parts does not list the parts that were uploaded');
}

function isPart(file: FiddlerFile, part: Json, number: number): boolean {
  return isJsonObject(part) && member(part, 'number') === number && member(part, 'id') === file.parts.get(number);
}
