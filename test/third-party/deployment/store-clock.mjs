/**
 * Imported by every function that MiniStack runs (NODE_OPTIONS). MiniStack has no clock to move, and the sweep waits for
 * hours to be over. It believes no clock but the `Date` of its bucket's answers, so that is what is moved: by the
 * milliseconds in the file STORE_CLOCK_AHEAD_FILE. The function, its settings and its events stay as deployed.
 *
 * Also puts on record which Node runs which function, in the folder FUNCTION_NODES.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { AWS_LAMBDA_FUNCTION_NAME: name, FUNCTION_NODES = '', STORE_CLOCK_AHEAD_FILE = '' } = process.env;
if (name !== undefined) writeFileSync(join(FUNCTION_NODES, name), process.version);

// Before the client sees the answer.
subscribe('http.client.response.finish', (message) => {
  const { response } = /** @type {{ response: import('node:http').IncomingMessage }} */ (message);
  const { date } = response.headers;
  const aheadMs = Number(readFileSync(STORE_CLOCK_AHEAD_FILE, 'utf8'));
  if (date === undefined || aheadMs === 0) return;
  response.headers.date = new Date(Date.parse(date) + aheadMs).toUTCString();
  // The client would sign by that clock, and MiniStack's is another; an answer of some age is none to tell the time by.
  response.headers.age = '0';
});
