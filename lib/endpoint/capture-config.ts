import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { contentTypesOf } from '../../src/config/content-types';
import { destinationUri } from '../../src/config/shadow-capture';
import type { CaptureSettings } from '../../src/config/deploy/capture-schema';

/** Everything, both sides, as text: unless `capture.partial` says why not. */
export function dataCaptureConfig(
  { bucket, prefix, contentTypes, modes, samplingPercentage, enabled }: CaptureSettings,
  kmsKeyId: string | null,
): CfnEndpointConfig.DataCaptureConfigProperty {
  const { csv, json } = contentTypesOf(contentTypes);
  return {
    enableCapture: enabled ?? true,
    initialSamplingPercentage: samplingPercentage ?? 100,
    destinationS3Uri: destinationUri({ bucket, prefix }),
    captureOptions: (modes ?? ['Input', 'Output']).map((captureMode) => ({ captureMode })),
    captureContentTypeHeader: {
      csvContentTypes: [...csv],
      jsonContentTypes: [...json],
    },
    ...(kmsKeyId === null ? {} : { kmsKeyId }),
  };
}
