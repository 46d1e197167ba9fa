import type { Finding } from '../../src/cli/check/finding';
import { MAX_CONCURRENCY } from '../../src/config/defaults';
import { type Json, listOf, record, wrong } from './raw-document';

/** Settings that are each allowed, and with which nothing would be forwarded, or less than what comes. */
export function forwardingFindings(model: Json): Finding[] {
  return [...nothingCaptured(model), ...throttled(model)];
}

/** Of an endpoint that is there, `capture` says what it does, and a new configuration of it may do more. */
function nothingCaptured({ capture, endpoint }: Json): Finding[] {
  const { partial, samplingPercentage, enabled } = record(capture);
  // Without a reason it has been told by the schema.
  if (partial === undefined || record(endpoint).create === undefined) return [];
  const cure = 'capture a part of the traffic at least, or take this model out of the application';
  if (enabled === false)
    return [wrong('capture.enabled', 'captures nothing at all, so there is nothing to forward', cure, enabled)];
  return samplingPercentage === 0
    ? [
        wrong(
          'capture.samplingPercentage',
          'captures nothing at all, so there is nothing to forward',
          cure,
          samplingPercentage,
        ),
      ]
    : [];
}

/** Each sink has a queue with `maxConcurrency` of its own, and all of them one function. */
function throttled({ forwarder, sinks }: Json): Finding[] {
  const { reservedConcurrency: reserved, maxConcurrency = MAX_CONCURRENCY } = record(forwarder);
  const count = listOf(sinks).length;
  if (typeof reserved !== 'number' || typeof maxConcurrency !== 'number' || count === 0) return [];
  const atOnce = count * maxConcurrency;
  if (reserved >= atOnce) return [];
  const ofSinks = count === 1 ? '' : ` for each of ${count} sinks`;
  return [
    wrong(
      'forwarder.reservedConcurrency',
      `is less than the ${atOnce} runs that its queues ask for (maxConcurrency ${maxConcurrency}${ofSinks}): the others would be throttled`,
      `take ${atOnce} or more, a smaller maxConcurrency, or none`,
      reserved,
    ),
  ];
}
