import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type { ResourceEvent } from '../../lib/notifications/resource-event';
import { messageOf } from '../../src/core/errors';

export interface ResourceAnswer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalResourceId: string;
  readonly reason: string;
}

/** An answer has at most 4,096 bytes. Source: CloudFormation User Guide, "Custom resource response objects". */
const MAX_REASON_CHARACTERS = 900;

const ATTEMPTS = 3;
const TIMEOUT_MS = 5_000;

/**
 * Puts the answer where CloudFormation waits for it: up to an hour when none comes. The address is signed: whoever knows
 * it can answer in our place, so it is in no log and no error.
 */
export async function respond(event: ResourceEvent, answer: ResourceAnswer): Promise<void> {
  const body = JSON.stringify({
    Status: answer.status,
    Reason: shortened(answer.reason),
    PhysicalResourceId: answer.physicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  let failure = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      return await put(new URL(event.ResponseURL), body);
    } catch (error) {
      failure = messageOf(error);
    }
    if (attempt < ATTEMPTS) await wait(attempt * 500);
  }
  // Without the error itself: an address that is none stands in it, as a member.
  throw new Error(`CloudFormation could not be answered: ${failure}`);
}

const shortened = (text: string): string =>
  text.length > MAX_REASON_CHARACTERS ? `${text.slice(0, MAX_REASON_CHARACTERS - 1)}…` : text;

function put(url: URL, body: string): Promise<void> {
  // CloudFormation's own addresses are https; stand-ins on one machine are not.
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    // The address is signed for no content type at all: with one, S3 refuses it.
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const sent = send(url, { method: 'PUT', headers, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve();
      else reject(new Error(`status ${status}`));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
