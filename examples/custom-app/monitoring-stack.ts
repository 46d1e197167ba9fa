import { Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CaptureNotifications, Forwarder } from 'capture-relay/cdk';
import type { Construct } from 'constructs';

const MODEL = 'churn';
const BUCKET = 'ml-churn-captures';
const PREFIX = 'datacapture/churn/';

/** Forwards the captures of a bucket that this application made itself, with a key and a state bucket of its own. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    // Its policy must let S3, SNS and EventBridge send to encrypted queues; `RelayKey` makes one that does.
    const key = Key.fromKeyArn(this, 'Key', this.formatArn({ service: 'kms', resource: 'key', resourceName: KEY_ID }));
    const captures = new Bucket(this, 'Captures', {
      bucketName: BUCKET,
      versioned: true,
      encryptionKey: key,
      enforceSSL: true,
    });
    const state = new Bucket(this, 'State', { encryptionKey: key, enforceSSL: true });
    const { queues } = new Forwarder(this, 'Forwarder', {
      model: {
        model: MODEL,
        // The configuration travels as it is, so it takes a name and not a reference to the bucket.
        capture: { bucket: BUCKET, prefix: PREFIX },
        output: { columns: ['score'] },
        sinks: [
          {
            type: 'arthur',
            host: 'https://app.arthur.ai',
            modelId: '1234abcd',
            token: { secret: 'monitoring/arthur' },
          },
        ],
      },
      watched: [{ bucket: captures, prefix: PREFIX }],
      stateBucket: state,
      key,
    });
    new CaptureNotifications(this, 'Notifications', {
      model: MODEL,
      bucket: captures,
      watched: [{ ruleName: MODEL, prefix: PREFIX }],
      target: queues.destination,
      key,
      logRetentionDays: 30,
    });
  }
}

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
