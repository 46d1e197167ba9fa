import { type Answer, jsonAnswer } from './answer';
import { type ArthurCall, arthurError, type IngestContext, patchGroundTruth, postInferences } from './arthur-ingest';
import { attributePage, type ArthurModel, describeModel } from './arthur-model';
import { postDataCapture, postFile, type UploadLimit } from './arthur-uploads';
import { isJsonObject, type Json, member } from './json';
import { withJson } from './json-call';
import { type Route, route } from './router';

/** The calls of Arthur v3, one line each, with the permission each needs. */
export interface ArthurPermissions {
  /** `raw_data` write: inferences and their ground truth. */
  rawDataWrite: boolean;
  readAttributes: boolean;
  /** The other way to send ground truth. */
  groundTruthWrite: boolean;
  /** Off: `users/me` is 403 and the vendor's client asks `users/me/auth_info`. */
  readUser: boolean;
}

const MODEL = '/api/v3/models/{id}';
const ORGANIZATION_ID = '6f1c2e0a-7a55-4a1e-9d57-0d7f3a1b9c10';
const USER = { organization_id: ORGANIZATION_ID, auth_info: { organization_ids: [ORGANIZATION_ID] } };

type ModelHandler = (
  model: ArthurModel,
  call: ArthurCall,
  parameters: readonly string[],
) => Promise<Answer | null> | Answer;

type Context = IngestContext & UploadLimit;

/** All calls of Arthur v3 that a forwarder or the vendor's client makes, in the order of the API's paths. */
export function arthurRoutes(
  context: Context,
  models: readonly ArthurModel[],
  may: ArthurPermissions,
): Route<ArthurCall>[] {
  const byId = new Map(models.map((model) => [model.id, model]));
  const forModel =
    (allowed: (call: ArthurCall) => boolean, handle: ModelHandler) =>
    (call: ArthurCall, parameters: readonly string[]) => {
      if (!allowed(call)) return arthurError(403, 'the token lacks the permission');
      const model = byId.get(parameters[0] ?? '');
      return model === undefined ? arthurError(404, 'model not found') : handle(model, call, parameters);
    };
  type Work = (context: Context, ...rest: Parameters<ModelHandler>) => ReturnType<ModelHandler>;
  const bind =
    (work: Work): ModelHandler =>
    (...rest) =>
      work(context, ...rest);
  const write = () => may.rawDataWrite;
  const readModel = (call: ArthurCall) => may.readAttributes || !expands(call);
  const attributes = () => may.readAttributes;
  const truth = () => may.groundTruthWrite;
  const { auth_info: info, ...user } = USER;
  return [
    route('GET', '/api/v3/users/me', () => (may.readUser ? jsonAnswer(200, user) : arthurError(403, 'forbidden'))),
    route('GET', '/api/v3/users/me/auth_info', () => jsonAnswer(200, info)),
    route('GET', MODEL, forModel(readModel, showModel)),
    route('GET', `${MODEL}/attributes`, forModel(attributes, showAttributes)),
    route('POST', `${MODEL}/inferences`, forModel(write, bind(postInferences))),
    route('PATCH', `${MODEL}/inferences`, forModel(write, bind(patchGroundTruth))),
    route('PATCH', `${MODEL}/ground_truth`, forModel(truth, bind(patchGroundTruth))),
    route('POST', `${MODEL}/inferences/file`, forModel(write, bind(postFile))),
    route('POST', `${MODEL}/inferences/integrations/sagemaker_data_capture`, forModel(write, bind(postDataCapture))),
    route('GET', `${MODEL}/inferences/query/{inference}`, forModel(always, bind(readBack))),
    route('PATCH', `${MODEL}/batches/{batch}`, forModel(write, bind(closeBatch))),
  ];
}

const always = () => true;
const showModel: ModelHandler = (model, call) => jsonAnswer(200, describeModel(model, expands(call)));
const showAttributes: ModelHandler = (model, { query }) => jsonAnswer(200, attributePage(model, query));

function expands(call: ArthurCall): boolean {
  return (call.query.get('expand') ?? '').split(',').includes('attributes');
}

/** The latest of several inferences of one id; with counts alone nothing can be read back. */
function readBack({ store }: Context, model: ArthurModel, _call: ArthurCall, [, id = '']: readonly string[]): Answer {
  if (store.keep === 'counts') return arthurError(501, 'this stand-in keeps counts only');
  const found = store.find(model.id, id).at(-1);
  if (found === undefined) return arthurError(404, 'inference not found');
  const updated: Record<string, Json> = { ...found.row };
  for (const update of found.updates) Object.assign(updated, update);
  return jsonAnswer(200, updated);
}

function closeBatch(
  context: Context,
  _model: ArthurModel,
  call: ArthurCall,
  [, id = '']: readonly string[],
): Promise<Answer | null> {
  return withJson(call.request, context.maxBodyBytes, arthurError, (body) => {
    if (!isJsonObject(body) || member(body, 'status') !== 'uploaded')
      return arthurError(400, 'status must be "uploaded"');
    return jsonAnswer(200, { ...body, batch_id: id });
  });
}
