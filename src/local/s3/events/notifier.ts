/** Takes what happened to objects to whoever asked for it: rules of this process, ARNs of the configuration, `onEvent`. */
import type { Bucket } from '../store/bucket';
import { eventRecord, type ObjectEvent, type S3EventRecord } from './event-record';
import type { NotificationConfiguration } from './notification-configuration';
import { findOverlap, type NotificationRule, ruleMatches } from './notification-rule';

/** What S3 sends first to a queue or topic that a configuration names. It has no `Records`. */
export interface S3TestEvent {
  readonly Service: 'Amazon S3';
  readonly Event: 's3:TestEvent';
  readonly Time: string;
  readonly Bucket: string;
  readonly RequestId: string;
  readonly HostId: string;
}

export interface S3EventMessage {
  readonly Records: readonly S3EventRecord[];
}

export interface NotifierOptions {
  /** Sees each event once, whatever the rules; its `configurationId` is empty. */
  readonly onEvent?: (event: S3EventRecord) => void;
  /** Stands for the services behind ARNs. A throw while the test event is sent refuses the configuration. */
  readonly deliverTo?: (arn: string, message: S3EventMessage | S3TestEvent) => void | Promise<void>;
  readonly log?: (line: string) => void;
}

export class Notifier {
  private readonly localRules = new Map<string, readonly NotificationRule[]>();

  constructor(private readonly options: NotifierOptions) {}

  /** Replaces the rules of this process for a bucket. Throws on an overlap, with S3's message. */
  setLocalRules(bucket: string, rules: readonly NotificationRule[]): void {
    const overlap = findOverlap(rules);
    if (overlap !== null) throw new Error(`${overlap.message} (rules ${overlap.first.id} and ${overlap.second.id})`);
    this.localRules.set(bucket, [...rules]);
  }

  /** Sends the test event to each queue and topic once; false when one of them could not take it. Functions get none. */
  async sendTestEvents(
    bucket: string,
    configuration: NotificationConfiguration,
    at: Date,
    requestId: string,
  ): Promise<boolean> {
    const testEvent: S3TestEvent = {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: at.toISOString(),
      Bucket: bucket,
      RequestId: requestId,
      HostId: requestId,
    };
    const arns = new Set(configuration.rules.filter((rule) => rule.destination !== 'lambda').map((rule) => rule.arn));
    try {
      for (const arn of arns) await this.options.deliverTo?.(arn, testEvent);
      return true;
    } catch (error) {
      this.options.log?.(`s3:TestEvent was refused: ${String(error)}`);
      return false;
    }
  }

  /** Hands an event on after the current request has its answer, as S3 does; a failing receiver is logged, not retried. */
  emit(bucket: Bucket, event: ObjectEvent): void {
    const record = (id: string): S3EventRecord => eventRecord(bucket.name, id, event);
    const { onEvent, deliverTo } = this.options;
    if (onEvent !== undefined) this.later(() => onEvent(record('')));
    for (const rule of this.localRules.get(bucket.name) ?? []) {
      if (ruleMatches(rule, event.eventName, event.key)) this.later(() => rule.deliver(record(rule.id)));
    }
    for (const rule of bucket.notification.rules) {
      if (deliverTo === undefined || !ruleMatches(rule, event.eventName, event.key)) continue;
      this.later(() => deliverTo(rule.arn, { Records: [record(rule.id)] }));
    }
  }

  private later(deliver: () => void | Promise<void>): void {
    setImmediate(() => {
      Promise.resolve()
        .then(deliver)
        .catch((error: unknown) => this.options.log?.(`an event could not be delivered: ${String(error)}`));
    });
  }
}
