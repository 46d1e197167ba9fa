/**
 * An error SQS answers with. It is thrown by the operation that finds it and caught once, where the answer is
 * written: on the wire it is the whole answer, and in process a caller that meets one has a bug.
 */
export class SqsError extends Error {
  /** What `__type` says on the wire. */
  readonly wireType: string;
  /** The name the older query protocol had for it; clients read it from `x-amzn-query-error` and prefer it. */
  readonly queryCode: string;
  readonly status: number;

  constructor(
    readonly code: SqsErrorCode,
    message: string,
  ) {
    super(message);
    this.name = code;
    const [namespace, queryCode, status] = ERRORS[code];
    this.wireType = namespace === CORAL ? `${CORAL}#${CORAL_NAMES[code] ?? code}` : `${namespace}#${code}`;
    this.queryCode = queryCode;
    this.status = status;
  }
}

const SQS = 'com.amazonaws.sqs';
/** The framework's own errors, which the service model does not list. */
const CORAL = 'com.amazon.coral.service';
const LEGACY = 'AWS.SimpleQueueService';

/** Code to namespace, query code and status, as the service model of `@aws-sdk/client-sqs` lists them. */
const ERRORS = {
  BatchEntryIdsNotDistinct: [SQS, `${LEGACY}.BatchEntryIdsNotDistinct`, 400],
  BatchRequestTooLong: [SQS, `${LEGACY}.BatchRequestTooLong`, 400],
  EmptyBatchRequest: [SQS, `${LEGACY}.EmptyBatchRequest`, 400],
  InvalidAttributeName: [SQS, 'InvalidAttributeName', 400],
  InvalidAttributeValue: [SQS, 'InvalidAttributeValue', 400],
  InvalidBatchEntryId: [SQS, `${LEGACY}.InvalidBatchEntryId`, 400],
  InvalidMessageContents: [SQS, 'InvalidMessageContents', 400],
  MessageNotInflight: [SQS, `${LEGACY}.MessageNotInflight`, 400],
  QueueDoesNotExist: [SQS, `${LEGACY}.NonExistentQueue`, 400],
  QueueNameExists: [SQS, 'QueueAlreadyExists', 400],
  ReceiptHandleIsInvalid: [SQS, 'ReceiptHandleIsInvalid', 404],
  ResourceNotFoundException: [SQS, 'ResourceNotFoundException', 404],
  TooManyEntriesInBatchRequest: [SQS, `${LEGACY}.TooManyEntriesInBatchRequest`, 400],
  InvalidParameterValue: [CORAL, 'InvalidParameterValue', 400],
  MissingParameter: [CORAL, 'MissingParameter', 400],
  UnknownOperation: [CORAL, 'InvalidAction', 400],
} as const;

const CORAL_NAMES: Partial<Record<SqsErrorCode, string>> = {
  InvalidParameterValue: 'InvalidParameterValueException',
  MissingParameter: 'MissingRequiredParameterException',
  UnknownOperation: 'UnknownOperationException',
};

export type SqsErrorCode = keyof typeof ERRORS;

/** The wording SQS has for a parameter out of its range. */
export function outOfRange(parameter: string, value: number, min: number, max: number): SqsError {
  return new SqsError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${parameter} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
  );
}
