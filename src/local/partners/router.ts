import type { Answer } from './answer';

/** One line a call: method, path with `{names}`, and what answers it. */
export interface Route<Call> {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: (call: Call, parameters: readonly string[]) => Promise<Answer | null> | Answer;
}

/** `path`: literal but for `{name}`, which takes one segment, percent-decoded, and is passed on in order. */
export function route<Call>(method: string, path: string, handle: Route<Call>['handle']): Route<Call> {
  const source = path.replaceAll('.', '\\.').replaceAll(/\{[a-z]+\}/g, '([^/]+)');
  return { method, pattern: new RegExp(`^${source}/?$`), handle };
}

/** The first route that fits; `other` answers an unknown path (404) or an unknown method on a known one (405). */
export async function dispatch<Call extends { readonly method: string; readonly path: string }>(
  routes: readonly Route<Call>[],
  call: Call,
  other: (status: 404 | 405) => Answer,
): Promise<Answer | null> {
  let known = false;
  for (const { method, pattern, handle } of routes) {
    const match = pattern.exec(call.path);
    if (match === null) continue;
    known = true;
    if (method !== call.method) continue;
    const parameters = match.slice(1).map(decoded);
    return handle(call, parameters);
  }
  return other(known ? 405 : 404);
}

/** A path may hold a broken escape; it then names nothing that exists, which a look-up says better than a crash. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
