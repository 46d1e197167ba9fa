/** The notification configuration of a bucket: replaced as a whole, judged, and announced to its destinations first. */
import { answer, xmlAnswer } from '../wire/answer';
import { receiveDocument } from '../wire/receive-body';
import { refuse } from '../wire/refusal';
import { readConfiguration, writeConfiguration } from '../events/notification-configuration';
import type { Outcome, S3Call } from './call';

export function getBucketNotification({ bucket }: S3Call): Outcome {
  return xmlAnswer(writeConfiguration(bucket.notification));
}

export async function putBucketNotification(call: S3Call): Promise<Outcome> {
  const { service, request, bucket, requestId } = call;
  const document = await receiveDocument(request, call.chunks);
  if (document.kind === 'refusal') return document;
  const configuration = readConfiguration(document.text);
  if ('kind' in configuration) return configuration;
  const validates = request.headers.get('x-amz-skip-destination-validation')?.toLowerCase() !== 'true';
  const reached = await service.notifier.sendTestEvents(bucket.name, configuration, service.now(), requestId);
  if (!reached && validates) {
    return refuse('InvalidArgument', { message: 'Unable to validate the following destination configurations' });
  }
  service.store.setNotification(bucket, configuration);
  return answer(200);
}
