/** Which events a notification rule asks for, and which two rules S3 refuses to have side by side. */
import type { S3EventRecord } from './event-record';

/** What of a rule decides whether an event is for it. */
export interface EventFilter {
  readonly id: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

/** A rule whose destination is a function of this process. */
export interface NotificationRule extends EventFilter {
  deliver: (record: S3EventRecord) => void | Promise<void>;
}

/** Whether the rule asks for this event (`ObjectCreated:Put`) of this key (not encoded). */
export function ruleMatches(rule: EventFilter, eventName: string, key: string): boolean {
  return (
    rule.events.some((type) => typesShare(type, `s3:${eventName}`)) &&
    key.startsWith(decodeFilter(rule.prefix)) &&
    key.endsWith(decodeFilter(rule.suffix))
  );
}

export interface Overlap {
  readonly first: EventFilter;
  readonly second: EventFilter;
  /** S3's own words. */
  readonly message: string;
}

/** The sentence for two rules without any filter; seen in minio/minio issue 2472. */
const WITHOUT_FILTER = 'Configurations overlap. Configurations on the same bucket cannot share a common event type.';
/** The sentence for all others; seen in awslabs/cdk-serverless-clamscan issue 612 and many more. */
const WITH_FILTER =
  'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.';

/**
 * The first two rules that some key and event would both satisfy, or null. Destinations do not matter: S3 judges all rules
 * of a bucket together. Source: S3 User Guide, "Configuring event notifications using object key name filtering".
 */
export function findOverlap(rules: readonly EventFilter[]): Overlap | null {
  for (const [index, first] of rules.entries()) {
    for (const second of rules.slice(index + 1)) {
      if (overlaps(first, second)) {
        return { first, second, message: isUnfiltered(first) && isUnfiltered(second) ? WITHOUT_FILTER : WITH_FILTER };
      }
    }
  }
  return null;
}

function overlaps(first: EventFilter, second: EventFilter): boolean {
  const [prefix, otherPrefix] = [decodeFilter(first.prefix), decodeFilter(second.prefix)];
  const [suffix, otherSuffix] = [decodeFilter(first.suffix), decodeFilter(second.suffix)];
  return (
    first.events.some((type) => second.events.some((other) => typesShare(type, other))) &&
    (prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix)) &&
    (suffix.endsWith(otherSuffix) || otherSuffix.endsWith(suffix))
  );
}

function isUnfiltered(rule: EventFilter): boolean {
  return (rule.prefix ?? '') === '' && (rule.suffix ?? '') === '';
}

/** `s3:ObjectCreated:*` shares with each `s3:ObjectCreated:…` and with itself. */
function typesShare(a: string, b: string): boolean {
  if (a === b) return true;
  return (a.endsWith(':*') && b.startsWith(a.slice(0, -1))) || (b.endsWith(':*') && a.startsWith(b.slice(0, -1)));
}

/** Filter values are written in the encoding of event keys (`+` for a space); text that is no such encoding means itself. */
function decodeFilter(value: string | undefined): string {
  const spaced = (value ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
