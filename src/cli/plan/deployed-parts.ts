import type { ConfigFile } from '../check/config-file';
import { bucketWords, type DeclaredTrigger, record } from './declared-trigger';

/** What a deploy makes for one model, in words, from the endpoint to the alarms. */
export function deployedParts({ raw }: ConfigFile, declared: DeclaredTrigger, sinks: readonly string[]): string[] {
  const queues =
    sinks.length === 1 ? 'a queue and a dead-letter queue' : 'a queue and a dead-letter queue for each sink';
  return [
    endpointPart(raw),
    bucketPart(raw, declared),
    triggerPart(declared),
    // S3 refuses a second rule for the same keys, whatever its destination.
    ...(sinks.length > 1 ? [`topic: created, since the one trigger feeds ${sinks.length} sinks`] : []),
    `queues: ${queues} (${sinks.join(', ')})`,
    'forward function: created, fed by the queues',
    'sweep: a function and its hourly schedule, for captures whose notification was lost',
    'alarms: created, with a dashboard',
  ];
}

function endpointPart(raw: unknown): string {
  const endpoint = record(record(raw).endpoint);
  if (typeof endpoint.existing === 'string') return `endpoint: ${endpoint.existing} exists, and is not changed`;
  if ('create' in endpoint) return 'endpoint: created, capturing 100 % of requests and responses';
  return 'endpoint: none; something else writes the captures';
}

function bucketPart(raw: unknown, { store }: DeclaredTrigger): string {
  const bucket = bucketWords(raw);
  if (store === 'existing') return `captures: ${bucket} exists; its rules of others stay as they are`;
  return `captures: ${bucket}, created where it is not there`;
}

function triggerPart({ trigger, rule }: DeclaredTrigger): string {
  const what = `"${rule.prefix}…${rule.suffix}"`;
  return trigger === 'eventbridge'
    ? `trigger: an EventBridge rule for ${what}; EventBridge is switched on for the bucket, and never off`
    : `trigger: an S3 notification rule for ${what} (${rule.events.join(', ')})`;
}
