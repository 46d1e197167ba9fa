import type { ConfigFile } from '../check/config-file';
import { bucketWords, type DeclaredTrigger, record } from './declared-trigger';

/** What a deploy makes for one model, in words, from the endpoint to the alarms. */
export function deployedParts(
  { raw }: ConfigFile,
  triggers: readonly DeclaredTrigger[],
  sinks: readonly string[],
): string[] {
  const queues =
    sinks.length === 1 ? 'a queue and a dead-letter queue' : 'a queue and a dead-letter queue for each sink';
  return [
    endpointPart(raw),
    ...triggers.slice(0, 1).map(bucketPart),
    ...triggers.map(triggerPart),
    // S3 refuses a second rule for the same keys, whatever its destination.
    ...(sinks.length > 1
      ? [
          `topic: created, since ${triggers.length === 1 ? 'the one trigger feeds' : 'each trigger feeds'} ${sinks.length} sinks`,
        ]
      : []),
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

function bucketPart(declared: DeclaredTrigger): string {
  const bucket = bucketWords(declared);
  if (declared.store === 'existing') return `captures: ${bucket} exists; its rules of others stay as they are`;
  return `captures: ${bucket}, created once for all models (one that is there already: store: existing)`;
}

function triggerPart({ of, trigger, rule }: DeclaredTrigger): string {
  const name = of === 'endpoint' ? 'trigger' : `trigger of the ${of}`;
  const what = `"${rule.prefix}…${rule.suffix}"`;
  return trigger === 'eventbridge'
    ? `${name}: an EventBridge rule for ${what}; EventBridge is switched on for the bucket, and never off`
    : `${name}: an S3 notification rule for ${what} (${rule.events.join(', ')})`;
}
