import type { RawShadowTest } from './shadow-test';

/** A place of captures: `prefix` ends with `/`. */
export interface CapturePlace {
  readonly bucket: string;
  readonly prefix: string;
}

/** What of a model's configuration decides where its shadow test writes. */
export interface ShadowModel {
  readonly model: string;
  readonly capture?: CapturePlace | undefined;
  readonly shadow?:
    | { readonly variants?: readonly string[] | undefined; readonly test?: RawShadowTest | undefined }
    | undefined;
}

/**
 * Where the model's shadow test writes the captures of both its variants, beside those of the endpoint itself; null when
 * there is no test, or it captures nothing. One more prefix to watch and to sweep.
 */
export function shadowCapture({ model, capture, shadow }: ShadowModel): CapturePlace | null {
  const test = shadow?.test;
  const bucket = test?.dataStorage?.bucket ?? capture?.bucket;
  if (test === undefined || test.capture === false || bucket === undefined) return null;
  return { bucket, prefix: test.dataStorage?.prefix ?? `shadow-tests/${model}/` };
}

/** What stands in the id of the rule that watches a shadow test's captures; the endpoint's has the model's own name. */
export const shadowRuleName = (model: string): string => `${model}-shadow`;

/** Variants whose events are shadow traffic even without SageMaker's own mark. */
export const shadowVariants = (shadow: ShadowModel['shadow']): string[] => [
  ...new Set([...(shadow?.variants ?? []), ...(shadow?.test === undefined ? [] : [shadow.test.shadowVariant.variant])]),
];

/** "Maximum length of 512" (SageMaker API, InferenceExperimentDataStorageConfig, Destination). */
const MAX_DESTINATION_LENGTH = 512;

/**
 * SageMaker puts a `/` behind the destination itself; written with one, keys would hold `//`. Source: captures of
 * destinations that ended with a slash.
 */
export const destinationUri = ({ bucket, prefix }: CapturePlace): string =>
  `s3://${bucket}/${prefix.replace(/\/+$/, '')}`;

/** Problems between a shadow test and the rest of its model, each with the path of its key. */
export function shadowPlaceProblems(data: ShadowModel): { readonly path: string[]; readonly problem: string }[] {
  const { capture, shadow } = data;
  const test = shadow?.test;
  if (test === undefined || test.capture === false) return [];
  const path = ['shadow', 'test', 'dataStorage'];
  const place = shadowCapture(data);
  if (place === null)
    return [
      {
        path,
        problem: 'needs a bucket: give dataStorage.bucket or capture.bucket, or switch it off by capture: false',
      },
    ];
  if (destinationUri(place).length > MAX_DESTINATION_LENGTH)
    return [
      { path, problem: `makes a destination of more than ${MAX_DESTINATION_LENGTH} characters; shorten its prefix` },
    ];
  if (capture?.bucket === place.bucket && areNested(capture.prefix, place.prefix))
    return [
      {
        path: test.dataStorage?.prefix === undefined ? path : [...path, 'prefix'],
        problem: `"${place.prefix}" overlaps capture.prefix "${capture.prefix}" in the same bucket, so a file would be delivered twice; choose a prefix beside it, as shadow-tests/${data.model}/`,
      },
    ];
  return [];
}

const areNested = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
