import * as z from 'zod';
import { MAX_MESSAGE_BYTES } from './message';
import { SqsError } from './sqs-error';

/** What can be set on a queue, in the units SQS has. */
export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maxMessageBytes: number;
  readonly redrive: RedrivePolicy | null;
  /** Set, kept and shown, without effect here: policies and encryption. */
  readonly inert: Readonly<Record<string, string>>;
}

/** After `maxReceiveCount` receives without a delete the message moves. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export const DEFAULT_SETTINGS: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 345_600,
  receiveWaitSeconds: 0,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  redrive: null,
  inert: {},
};

type NumberSetting = Exclude<keyof QueueSettings, 'redrive' | 'inert'>;

/** Attribute to setting and range: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS: Readonly<Record<string, { setting: NumberSetting; min: number; max: number }>> = {
  VisibilityTimeout: { setting: 'visibilityTimeoutSeconds', min: 0, max: 43_200 },
  DelaySeconds: { setting: 'delaySeconds', min: 0, max: 900 },
  MessageRetentionPeriod: { setting: 'retentionSeconds', min: 60, max: 1_209_600 },
  ReceiveMessageWaitTimeSeconds: { setting: 'receiveWaitSeconds', min: 0, max: 20 },
  MaximumMessageSize: { setting: 'maxMessageBytes', min: 1024, max: MAX_MESSAGE_BYTES },
};

const INERT = new Set([
  'Policy',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
]);

const REDRIVE_POLICY = z.object({
  deadLetterTargetArn: z.string().startsWith('arn:aws:sqs:'),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

/** Reads the attribute map of CreateQueue and SetQueueAttributes onto settings. Throws SQS's errors for bad ones. */
export function applyAttributes(settings: QueueSettings, attributes: Readonly<Record<string, string>>): QueueSettings {
  let result = settings;
  for (const [name, text] of Object.entries(attributes)) {
    const number = NUMBERS[name];
    if (number !== undefined) result = { ...result, [number.setting]: readNumber(name, text, number.min, number.max) };
    else if (name === 'RedrivePolicy') result = { ...result, redrive: readRedrivePolicy(text) };
    else if (INERT.has(name)) result = { ...result, inert: { ...result.inert, [name]: text } };
    else throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  return result;
}

/** The other direction, for GetQueueAttributes. */
export function asAttributes(settings: QueueSettings): Record<string, string> {
  const attributes: Record<string, string> = { ...settings.inert };
  for (const [name, { setting }] of Object.entries(NUMBERS)) attributes[name] = String(settings[setting]);
  if (settings.redrive !== null) attributes.RedrivePolicy = JSON.stringify(settings.redrive);
  return attributes;
}

function readNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new SqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  return value;
}

/** An empty text takes the policy away. */
function readRedrivePolicy(text: string): RedrivePolicy | null {
  if (text === '') return null;
  const parsed = REDRIVE_POLICY.safeParse(parseJson(text));
  if (!parsed.success)
    throw new SqsError('InvalidAttributeValue', `Value ${text} for parameter RedrivePolicy is invalid.`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
