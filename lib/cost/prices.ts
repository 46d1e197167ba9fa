/** A price as AWS publishes it, in US dollars. */
export interface Price {
  readonly dollars: number;
  /** So many units for it. */
  readonly per: number;
  /** Singular where `per` is 1. */
  readonly unit: string;
  /** The page that states it. */
  readonly page: string;
}

export const PRICE_REGION = 'us-east-1';

/**
 * List prices of us-east-1, first tier, without free tiers: an account uses those up elsewhere. Other regions cost
 * more or less by some ten percent; put their prices here.
 */
export const PRICES = {
  s3Write: { dollars: 0.005, per: 1_000, unit: 'PUT and LIST requests', page: 'https://aws.amazon.com/s3/pricing/' },
  s3Read: { dollars: 0.0004, per: 1_000, unit: 'GET requests', page: 'https://aws.amazon.com/s3/pricing/' },
  s3Storage: { dollars: 0.023, per: 1, unit: 'GB-month of S3 Standard', page: 'https://aws.amazon.com/s3/pricing/' },
  sqs: { dollars: 0.4, per: 1_000_000, unit: 'requests of up to 64 KB', page: 'https://aws.amazon.com/sqs/pricing/' },
  // Deliveries to SQS cost nothing.
  sns: { dollars: 0.5, per: 1_000_000, unit: 'messages published', page: 'https://aws.amazon.com/sns/pricing/' },
  eventBridge: {
    dollars: 1,
    per: 1_000_000,
    unit: 'opt-in events of AWS services',
    page: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  lambdaRequest: { dollars: 0.2, per: 1_000_000, unit: 'runs', page: 'https://aws.amazon.com/lambda/pricing/' },
  lambdaArm: {
    dollars: 0.0000133334,
    per: 1,
    unit: 'GB-second on arm64',
    page: 'https://aws.amazon.com/lambda/pricing/',
  },
  // After the first and the second yearly rotation a key costs a dollar more each.
  kmsKey: { dollars: 1, per: 1, unit: 'key', page: 'https://aws.amazon.com/kms/pricing/' },
  kmsRequest: { dollars: 0.03, per: 10_000, unit: 'requests', page: 'https://aws.amazon.com/kms/pricing/' },
  metric: { dollars: 0.3, per: 1, unit: 'custom metric', page: 'https://aws.amazon.com/cloudwatch/pricing/' },
  alarmMetric: {
    dollars: 0.1,
    per: 1,
    unit: 'metric that an alarm watches',
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  dashboard: { dollars: 3, per: 1, unit: 'dashboard', page: 'https://aws.amazon.com/cloudwatch/pricing/' },
  logs: { dollars: 0.5, per: 1, unit: 'GB of logs taken in', page: 'https://aws.amazon.com/cloudwatch/pricing/' },
  transferOut: {
    dollars: 0.09,
    per: 1,
    unit: 'GB sent to the internet',
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/',
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
