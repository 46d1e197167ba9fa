import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import type { CaptureSettings } from '../../src/config/deploy/capture-schema';

/**
 * What SageMaker stores as text; everything else, and everything without this header, becomes BASE64. `application/json`
 * and `application/jsonlines` are both told as JSON. Parameters (`; charset=utf-8`) are ignored when it compares.
 */
export const CONTENT_TYPES = { csv: ['text/csv'], json: ['application/json', 'application/jsonlines'] } as const;

/** Everything, both sides, as text: unless `capture.partial` says why not. */
export function dataCaptureConfig(
  { bucket, prefix, contentTypes, modes, samplingPercentage, enabled }: CaptureSettings,
  kmsKeyId: string | null,
): CfnEndpointConfig.DataCaptureConfigProperty {
  return {
    enableCapture: enabled ?? true,
    initialSamplingPercentage: samplingPercentage ?? 100,
    destinationS3Uri: destinationUri(bucket, prefix),
    captureOptions: (modes ?? ['Input', 'Output']).map((captureMode) => ({ captureMode })),
    captureContentTypeHeader: {
      csvContentTypes: [...(contentTypes?.csv ?? CONTENT_TYPES.csv)],
      jsonContentTypes: [...(contentTypes?.json ?? CONTENT_TYPES.json)],
    },
    ...(kmsKeyId === null ? {} : { kmsKeyId }),
  };
}

/** Without the last slash: SageMaker puts one between destination and endpoint itself. */
export const destinationUri = (bucket: string, prefix: string): string => `s3://${bucket}/${prefix.replace(/\/$/, '')}`;
