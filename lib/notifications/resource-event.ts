import type { RulesRequest } from './merge';
import { ownerIdOf, ruleIdOf } from './owner';
import { type BucketRule, newRule } from './rules';
import { OBJECT_CREATED } from './trigger-rule';

/**
 * What CloudFormation sends to a custom resource, as far as it is read here. Every value below `ResourceProperties` comes
 * as text. Source: CloudFormation User Guide, "Custom resource request objects".
 */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties?: Readonly<Record<string, unknown>>;
}

/** `ResourceProperties` of the custom resource, as a template writes them. */
export interface NotificationsProperties {
  readonly BucketName: string;
  readonly Rules: readonly {
    /** Unique in the resource: the model's name. */
    readonly Id: string;
    /** Default: `s3:ObjectCreated:*`. */
    readonly Events?: readonly string[];
    readonly Prefix?: string;
    readonly Suffix?: string;
    /** One of the two. */
    readonly QueueArn?: string;
    readonly TopicArn?: string;
  }[];
  /** `true`: the bucket's events go to EventBridge, too. Default `false`, which switches nothing off. */
  readonly EventBridge?: 'true' | 'false';
}

export type ResourceRequest =
  | { readonly kind: 'request'; readonly bucket: string; readonly request: RulesRequest }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Of a resource that named none; no bucket of this name is ever asked for. */
const NO_BUCKET = 'no-bucket';

/**
 * `{bucket}:{owner}`. Another bucket makes another id, for which CloudFormation deletes the former one once the update
 * is done: that takes our rules off the former bucket.
 */
export function physicalIdOf(event: ResourceEvent): string {
  const bucket = event.ResourceProperties?.BucketName;
  if (event.RequestType === 'Delete' && event.PhysicalResourceId !== undefined) return event.PhysicalResourceId;
  return `${typeof bucket === 'string' && bucket !== '' ? bucket : NO_BUCKET}:${ownerOf(event)}`;
}

export function readResourceEvent(event: ResourceEvent): ResourceRequest {
  const ownerId = ownerOf(event);
  if (event.RequestType === 'Delete') return deletion(event, ownerId);
  const { BucketName: bucket, Rules: rules = [], EventBridge: eventBridge = 'false' } = event.ResourceProperties ?? {};
  if (typeof bucket !== 'string' || bucket === '') return invalid('BucketName is missing');
  if (!Array.isArray(rules)) return invalid('Rules must be a list');
  const read = rules.map((rule: unknown, at) => readRule(rule, at, ownerId));
  const problems = read.filter((each) => typeof each === 'string');
  if (problems.length > 0) return invalid(problems.join('; '));
  const own = read.filter((each) => typeof each !== 'string');
  const isOn = String(eventBridge) === 'true';
  return { kind: 'request', bucket, request: { type: event.RequestType, ownerId, rules: own, eventBridge: isOn } };
}

/** By the physical id, which says what was made; a creation that never answered has none of ours. */
function deletion(
  { PhysicalResourceId: id = '', ResourceProperties }: ResourceEvent,
  ownerId: string,
): ResourceRequest {
  const [, bucketOfId, ownerOfId] = /^([^:]+):(capture-relay-[0-9a-f]{16})$/.exec(id) ?? [];
  const bucket = bucketOfId ?? ResourceProperties?.BucketName;
  // What was never created needs no deletion.
  if (typeof bucket !== 'string' || bucket === NO_BUCKET) return invalid('BucketName is missing');
  const request = { type: 'Delete', ownerId: ownerOfId ?? ownerId, rules: [], eventBridge: false } as const;
  return { kind: 'request', bucket, request };
}

function readRule(given: unknown, at: number, ownerId: string): BucketRule | string {
  const rule = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const { Id: id, Events: events = [OBJECT_CREATED], Prefix: prefix = '', Suffix: suffix = '' } = rule;
  const { QueueArn: queueArn, TopicArn: topicArn } = rule;
  const arn = queueArn ?? topicArn;
  if (typeof id !== 'string' || id === '') return `Rules[${at}].Id is missing`;
  if (!isTexts(events) || events.length === 0) return `Rules[${at}].Events must be a list of event types`;
  if (typeof prefix !== 'string' || typeof suffix !== 'string')
    return `Rules[${at}].Prefix and Rules[${at}].Suffix must be texts`;
  if (typeof arn !== 'string' || (queueArn !== undefined && topicArn !== undefined))
    return `Rules[${at}] must have either QueueArn or TopicArn`;
  const kind = queueArn === undefined ? 'topic' : 'queue';
  return newRule(ruleIdOf(ownerId, id), { events, prefix, suffix }, { kind, arn });
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const ownerOf = (event: ResourceEvent): string => ownerIdOf(event.StackId, event.LogicalResourceId);

const invalid = (reason: string): ResourceRequest => ({ kind: 'invalid', reason });
