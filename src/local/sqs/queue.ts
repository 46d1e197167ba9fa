import { randomUUID } from 'node:crypto';
import type { MessageAttributes } from './message-attributes';
import { asReceived, checkContents, newMessage, type ReceivedMessage, type StoredMessage } from './message';
import type { QueueSettings } from './queue-settings';
import { SqsError, outOfRange } from './sqs-error';
import { WakeUp } from './wake-up';

/** A standard queue, in process. The HTTP operations use the same one. */
export interface Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  /** Returns the message id. Delay: 0 to 900 s, default the queue's own. Throws `SqsError` for what SQS refuses. */
  send(body: string, options?: SendOptions): string;
  /** Up to `max` messages; waits up to `waitMs` (default 0) for the first. */
  receive(max: number, options?: ReceiveOptions): Promise<ReceivedMessage[]>;
  /** With the handle of an earlier receive it changes nothing, and is no error. */
  delete(receiptHandle: string): void;
  /** From now on; fractions of a second are fine here. */
  changeVisibility(receiptHandle: string, seconds: number): 'changed' | 'not-in-flight';
  counts(): { visible: number; inFlight: number; delayed: number };
}

export interface SendOptions {
  readonly delaySeconds?: number | undefined;
  readonly messageAttributes?: MessageAttributes | undefined;
}

export interface ReceiveOptions {
  readonly waitMs?: number | undefined;
  /** Default: the queue's visibility timeout. */
  readonly visibilitySeconds?: number | undefined;
  /** Ends the wait, with nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface QueueContext {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly findByArn: (arn: string) => MemoryQueue | undefined;
}

const MAX_DELAY_SECONDS = 900;
const MAX_VISIBILITY_SECONDS = 43_200;
/** The clock may be a test's, and stand still: a wait for it never spins. */
const MIN_SLEEP_MS = 5;

export class MemoryQueue implements Queue {
  /** In order of arrival. */
  private readonly messages = new Map<string, StoredMessage>();
  private readonly changes = new WakeUp();
  private closed = false;
  readonly createdMs: number;
  modifiedMs: number;

  constructor(
    readonly name: string,
    readonly url: string,
    readonly arn: string,
    public settings: QueueSettings,
    private readonly context: QueueContext,
  ) {
    this.createdMs = context.now();
    this.modifiedMs = this.createdMs;
  }

  send(body: string, options: SendOptions = {}): string {
    return this.enqueue(body, options).messageId;
  }

  enqueue(body: string, options: SendOptions): StoredMessage {
    const { delaySeconds = this.settings.delaySeconds, messageAttributes = {} } = options;
    checkContents(body, messageAttributes, this.settings.maxMessageBytes);
    if (!(delaySeconds >= 0 && delaySeconds <= MAX_DELAY_SECONDS)) {
      throw outOfRange('DelaySeconds', delaySeconds, 0, MAX_DELAY_SECONDS);
    }
    const nowMs = this.context.now();
    return this.put(newMessage(body, messageAttributes, nowMs, nowMs + delaySeconds * 1000));
  }

  async receive(max: number, options: ReceiveOptions = {}): Promise<ReceivedMessage[]> {
    const { waitMs = 0, visibilitySeconds = this.settings.visibilityTimeoutSeconds, signal } = options;
    checkVisibility(visibilitySeconds);
    const giveUpMs = performance.now() + waitMs;
    for (;;) {
      const leftMs = giveUpMs - performance.now();
      // Looked at before the wait and once more when it is over; a receiver who went away takes nothing with it.
      if (signal?.aborted === true) return [];
      const taken = this.take(max, visibilitySeconds * 1000);
      if (taken.length > 0 || leftMs <= 0 || this.closed) return taken;
      await this.changes.sleep(Math.max(MIN_SLEEP_MS, Math.min(leftMs, this.untilNextMs())), signal);
    }
  }

  delete(receiptHandle: string): void {
    const message = this.byHandle(receiptHandle);
    if (message !== undefined) this.messages.delete(message.messageId);
  }

  changeVisibility(receiptHandle: string, seconds: number): 'changed' | 'not-in-flight' {
    checkVisibility(seconds);
    const message = this.byHandle(receiptHandle);
    const nowMs = this.context.now();
    if (message === undefined || message.visibleAtMs <= nowMs) return 'not-in-flight';
    message.visibleAtMs = nowMs + seconds * 1000;
    this.changes.wake();
    return 'changed';
  }

  counts(): { visible: number; inFlight: number; delayed: number } {
    const nowMs = this.context.now();
    const counts = { visible: 0, inFlight: 0, delayed: 0 };
    this.expire(nowMs);
    for (const message of this.messages.values()) {
      if (message.visibleAtMs <= nowMs) counts.visible += 1;
      else if (message.receiptHandle === null) counts.delayed += 1;
      else counts.inFlight += 1;
    }
    return counts;
  }

  purge(): void {
    this.messages.clear();
  }

  /** Takes the visible messages out without handing them out, for a move task. */
  drain(): StoredMessage[] {
    const nowMs = this.context.now();
    const drained = [...this.messages.values()].filter((message) => message.visibleAtMs <= nowMs);
    for (const { messageId } of drained) this.messages.delete(messageId);
    return drained;
  }

  put(message: StoredMessage): StoredMessage {
    this.messages.set(message.messageId, message);
    this.changes.wake();
    return message;
  }

  /** Ends the waits of all receivers. */
  close(): void {
    this.closed = true;
    this.changes.wake();
  }

  private take(max: number, visibilityMs: number): ReceivedMessage[] {
    const nowMs = this.context.now();
    this.expire(nowMs);
    const taken: ReceivedMessage[] = [];
    for (const message of this.messages.values()) {
      if (taken.length === max) break;
      if (message.visibleAtMs > nowMs || this.moveIfSpent(message, nowMs)) continue;
      const handle = Buffer.from(`${this.name} ${message.messageId} ${randomUUID()}`).toString('base64url');
      message.receiveCount += 1;
      message.firstReceivedMs ??= nowMs;
      message.receiptHandle = handle;
      message.visibleAtMs = nowMs + visibilityMs;
      taken.push(asReceived(message, handle));
    }
    return taken;
  }

  /** As SQS does it: the receive that would be one too many moves the message instead, id and count kept. */
  private moveIfSpent(message: StoredMessage, nowMs: number): boolean {
    const { redrive } = this.settings;
    if (redrive === null || message.receiveCount < redrive.maxReceiveCount) return false;
    const target = this.context.findByArn(redrive.deadLetterTargetArn);
    if (target === undefined) return false;
    this.messages.delete(message.messageId);
    target.put({ ...message, visibleAtMs: nowMs, receiptHandle: null, firstReceivedMs: null, sourceArn: this.arn });
    return true;
  }

  private expire(nowMs: number): void {
    const oldestMs = nowMs - this.settings.retentionSeconds * 1000;
    for (const message of this.messages.values()) {
      if (message.sentMs <= oldestMs) this.messages.delete(message.messageId);
    }
  }

  private untilNextMs(): number {
    const nowMs = this.context.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { visibleAtMs } of this.messages.values()) nextMs = Math.min(nextMs, visibleAtMs - nowMs);
    return nextMs;
  }

  /** The message whose latest receive gave this handle. */
  private byHandle(receiptHandle: string): StoredMessage | undefined {
    const [name, messageId] = Buffer.from(receiptHandle, 'base64url').toString().split(' ');
    if (name !== this.name || messageId === undefined) {
      throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    }
    const message = this.messages.get(messageId);
    return message?.receiptHandle === receiptHandle ? message : undefined;
  }
}

function checkVisibility(seconds: number): void {
  if (!(seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS)) {
    throw outOfRange('VisibilityTimeout', seconds, 0, MAX_VISIBILITY_SECONDS);
  }
}
