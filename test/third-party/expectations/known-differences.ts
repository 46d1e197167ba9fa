/**
 * Where MiniStack 1.5.33 or the embedded servers do not meet an expectation, by its name. A difference that is no
 * longer there fails the check: then its line is out of date.
 */
export interface KnownDifference {
  /** Who does not meet the expectation. */
  readonly side: 'embedded' | 'MiniStack';
  /** What it does instead, as it was observed. */
  readonly observed: unknown;
  /** The page that says why the expectation stands. */
  readonly source: string;
}

export const KNOWN_DIFFERENCES: Readonly<Record<string, KnownDifference>> = {
  'two rules that overlap are refused': {
    side: 'MiniStack',
    observed: 'ok',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html',
  },
  'a delay of more than 900 seconds is refused': {
    side: 'MiniStack',
    observed: 'ok',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html',
  },
  'a batch sends what is right, and an entry that is wrong fails alone': {
    side: 'MiniStack',
    // The wrong entry is the one with a delay of 901 seconds.
    observed: { sent: ['good', 'late'], failed: [], bodies: ['1'] },
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html',
  },
  'the handle of an earlier receive is taken, and deletes nothing': {
    side: 'MiniStack',
    observed: ['ReceiptHandleIsInvalid 400', 1],
    // The page promises that the request succeeds, and leaves open whether the message is deleted: it "might not" be.
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html',
  },
  'dead letters can be moved back to their queue': {
    side: 'MiniStack',
    observed: 'threw InvalidAction: The action StartMessageMoveTask is not valid for this endpoint.',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html',
  },
};

/** An S3 in place of the one that the state store is made for; `versioned`: with a bucket that keeps versions. */
export type StoreSide = `${'versitygw' | 'MiniStack' | 'moto'}${'' | ', versioned'}`;

type StoreDifferences = Readonly<Record<string, Pick<KnownDifference, 'observed' | 'source'>>>;

const CONDITIONAL_WRITES = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html';

/**
 * Where versitygw 1.8.0, MiniStack 1.5.33 or moto 5.2.5 does not keep the contract of the state store, by the name of the
 * expectation. versitygw takes a delete marker for an object, and its ETag for the one from before: on it, state
 * belongs in a bucket without versions.
 */
export const STORE_DIFFERENCES: Readonly<Partial<Record<StoreSide, StoreDifferences>>> = {
  'versitygw, versioned': {
    'a write on the condition that nothing is there lands once, and again after a removal': {
      observed: ['written', 'conflict', '1', 'conflict', null],
      source: CONDITIONAL_WRITES,
    },
    'a write on the condition of a tag says gone for what never was, and for what was removed': {
      observed: ['gone', 'written', '2'],
      source: CONDITIONAL_WRITES,
    },
    'a removal takes away what is there, and has nothing against what is not': {
      observed: ['removed', null, 'removed', 'changed'],
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html',
    },
    'of 50 that create a key again after its removal, one wins': {
      observed: { winners: 0, others: ['conflict'], holdsWinner: false },
      source: CONDITIONAL_WRITES,
    },
  },
};
