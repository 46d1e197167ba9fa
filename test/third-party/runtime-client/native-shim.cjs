'use strict';
/**
 * Stands in for `rapid-client.node`, the compiled half of AWS's runtime client, so that no compiler is needed: the same
 * functions, as calls of the Runtime API over HTTP. To be preloaded with `--require`.
 */
const http = require('node:http');
const Module = require('node:module');

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
/** The compiled client posts before it returns; here the next question waits for the post instead. */
let posted = Promise.resolve();

/**
 * @param {string} method
 * @param {string} route
 * @param {string} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{ bodyJson: string, headers: http.IncomingHttpHeaders }>}
 */
function call(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const target = { agent, hostname, port, method, headers, path: `/2018-06-01/runtime/invocation/${route}` };
    const request = http.request(target, (response) => {
      let bodyJson = '';
      response.setEncoding('utf8');
      response.on('data', (/** @type {string} */ chunk) => {
        bodyJson += chunk;
      });
      response.on('end', () => resolve({ bodyJson, headers: response.headers }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** @param {Promise<unknown>} post */
function keep(post) {
  posted = post.then(() => undefined);
}

const client = {
  initializeClient: () => undefined,
  next: () => posted.then(() => call('GET', 'next')),
  /** @type {(id: string, body: string) => void} */
  done: (id, body) => keep(call('POST', `${id}/response`, body, { 'content-type': 'application/json' })),
  /** @type {(id: string, body: string, xray: string) => void} */
  error: (id, body, xray) => {
    const headers = { 'content-type': 'application/json', 'lambda-runtime-function-xray-error-cause': xray };
    keep(call('POST', `${id}/error`, body, headers));
  },
};

/** @type {{ _load: (request: string, ...rest: unknown[]) => unknown }} */
// @ts-expect-error Node does not type its own loader hook.
const loader = Module;
const load = loader._load;
loader._load = function loadOrStandIn(request, ...rest) {
  return request.endsWith('rapid-client.node') ? client : load.call(this, request, ...rest);
};
