/** A bucket's notification configuration with destinations of AWS, from and to the document S3 has for it. */
import { randomUUID } from 'node:crypto';
import { type Refusal, refuse } from '../wire/refusal';
import { childrenOf, childText, readXml, type XmlElement } from '../wire/xml-read';
import { element, textElement, xmlDocument } from '../wire/xml-write';
import { type EventFilter, findOverlap } from './notification-rule';

export type DestinationKind = 'queue' | 'topic' | 'lambda';

/** A rule that sends to a queue, a topic or a function. */
export interface ArnRule extends EventFilter {
  readonly destination: DestinationKind;
  readonly arn: string;
}

export interface NotificationConfiguration {
  readonly rules: readonly ArnRule[];
  /** Kept and given back; nothing is sent there. */
  readonly eventBridge: boolean;
}

/** The element of a rule, and the one inside it that holds the ARN. */
const ELEMENTS: Readonly<Record<DestinationKind, readonly [rule: string, arn: string]>> = {
  queue: ['QueueConfiguration', 'Queue'],
  topic: ['TopicConfiguration', 'Topic'],
  lambda: ['CloudFunctionConfiguration', 'CloudFunction'],
};

/** Event families of the S3 User Guide, "Supported event types for SQS, SNS, and Lambda". */
const EVENT_TYPE =
  /^s3:(?:(?:ObjectCreated|ObjectRemoved|ObjectRestore|Replication|LifecycleExpiration|ObjectTagging):[A-Za-z*]+|ReducedRedundancyLostObject|LifecycleTransition|IntelligentTiering|ObjectAcl:Put|TestEvent)$/;

/** Reads and judges a configuration; refuses what S3 refuses, overlapping rules above all, with S3's messages. */
export function readConfiguration(document: string): NotificationConfiguration | Refusal {
  const root = readXml(document);
  if (root === null || root.name !== 'NotificationConfiguration') return refuse('MalformedXML');
  const rules: ArnRule[] = [];
  for (const child of root.children) {
    const destination = (['queue', 'topic', 'lambda'] as const).find((kind) => ELEMENTS[kind][0] === child.name);
    if (destination === undefined) continue;
    const rule = readRule(child, destination);
    if ('kind' in rule) return rule;
    rules.push(rule);
  }
  return judge(rules) ?? { rules, eventBridge: childrenOf(root, 'EventBridgeConfiguration').length > 0 };
}

function readRule(node: XmlElement, destination: DestinationKind): ArnRule | Refusal {
  const arn = childText(node, ELEMENTS[destination][1]) ?? '';
  if (!arn.startsWith('arn:')) return invalid('The ARN is not well formed', ELEMENTS[destination][1], arn);
  const events = childrenOf(node, 'Event').map((event) => event.text);
  if (events.length === 0) return refuse('MalformedXML');
  const unknown = events.find((event) => !EVENT_TYPE.test(event));
  if (unknown !== undefined) return invalid('The event is not supported for notifications', 'Event', unknown);
  const filter: { prefix?: string; suffix?: string } = {};
  for (const rule of filterRulesOf(node)) {
    const name = (childText(rule, 'Name') ?? '').toLowerCase();
    if (name !== 'prefix' && name !== 'suffix')
      return invalid('filter rule name must be either prefix or suffix', 'FilterRule.Name', name);
    if (filter[name] !== undefined) {
      return invalid(`Cannot specify more than one ${name} rule in a filter.`, 'FilterRule.Name', name);
    }
    filter[name] = childText(rule, 'Value') ?? '';
  }
  return { id: childText(node, 'Id') || randomUUID(), destination, arn, events, ...filter };
}

function filterRulesOf(node: XmlElement): readonly XmlElement[] {
  return childrenOf(node, 'Filter')
    .flatMap((filter) => childrenOf(filter, 'S3Key'))
    .flatMap((key) => childrenOf(key, 'FilterRule'));
}

function judge(rules: readonly ArnRule[]): Refusal | null {
  if (new Set(rules.map((rule) => rule.id)).size < rules.length) {
    return refuse('InvalidArgument', { message: 'Same ID used for multiple configurations. IDs must be unique' });
  }
  const overlap = findOverlap(rules);
  return overlap === null ? null : refuse('InvalidArgument', { message: overlap.message });
}

function invalid(message: string, name: string, value: string): Refusal {
  return refuse('InvalidArgument', { message, details: { ArgumentName: name, ArgumentValue: value } });
}

/** The document for a configuration. S3 gives filter names back as `Prefix` and `Suffix`, however they were put. */
export function writeConfiguration(configuration: NotificationConfiguration): string {
  const rules = configuration.rules.map((rule) => {
    const [ruleElement, arnElement] = ELEMENTS[rule.destination];
    const filters = filterRule('Prefix', rule.prefix) + filterRule('Suffix', rule.suffix);
    return element(
      ruleElement,
      textElement('Id', rule.id),
      textElement(arnElement, rule.arn),
      ...rule.events.map((event) => textElement('Event', event)),
      filters === '' ? '' : element('Filter', element('S3Key', filters)),
    );
  });
  return xmlDocument(
    'NotificationConfiguration',
    ...rules,
    configuration.eventBridge ? element('EventBridgeConfiguration') : '',
  );
}

function filterRule(name: string, value: string | undefined): string {
  return value === undefined ? '' : element('FilterRule', textElement('Name', name), textElement('Value', value));
}
