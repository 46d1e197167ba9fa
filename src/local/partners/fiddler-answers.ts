import { type Answer, jsonAnswer } from './answer';
import { isJsonArray, isJsonObject, type Json, type JsonObject, member, parseJsonText } from './json';

/** Fiddler's envelopes. An error always has all three members: without `help` the vendor's client loses the message. */
const API_VERSION = '3.0';
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  413: 'PayloadTooLarge',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

export function fiddlerData(status: number, data: JsonObject): Answer {
  return jsonAnswer(status, { api_version: API_VERSION, kind: 'NORMAL', data });
}

export function fiddlerError(status: number, message: string): Answer {
  const errors = [{ reason: REASONS[status] ?? 'Error', message, help: '' }];
  return jsonAnswer(status, { api_version: API_VERSION, kind: 'ERROR', error: { code: status, message, errors } });
}

/** A look-up by name: `filter={"condition":"AND","rules":[{"field":"name","operator":"equal","value":"…"}]}`, all on one page. */
export function fiddlerPage(items: readonly JsonObject[], query: URLSearchParams): Answer {
  const found = items.filter((item) => rulesOf(query).every((rule) => matches(item, rule)));
  const total = found.length;
  return fiddlerData(200, {
    page_size: 50,
    total,
    item_count: total,
    page_count: 1,
    page_index: 1,
    offset: 0,
    items: found,
  });
}

function rulesOf(query: URLSearchParams): readonly Json[] {
  const parsed = parseJsonText(query.get('filter') ?? '{}');
  const rules = parsed.ok && isJsonObject(parsed.value) ? member(parsed.value, 'rules') : undefined;
  return isJsonArray(rules) ? rules : [];
}

/** A field the item does not hold (`project_id` of a model, say) does not narrow the search. */
function matches(item: JsonObject, rule: Json): boolean {
  if (!isJsonObject(rule)) return true;
  const field = member(rule, 'field');
  const held = typeof field === 'string' ? member(item, field) : undefined;
  return held === undefined || held === member(rule, 'value');
}
