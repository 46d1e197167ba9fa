import * as z from 'zod';

/**
 * CaptureContentTypeHeader: which media types SageMaker writes as text. Whatever is not listed is written as BASE64, and
 * without the header all of it is ("If no headers are specified SageMaker AI will by default base64 encode when
 * capturing the data": AWS CloudFormation, CaptureContentTypeHeader). Matching ignores parameters, so none is written.
 */
export const DEFAULT_CONTENT_TYPES = {
  csv: ['text/csv'],
  // Without application/jsonlines in this list, JSON Lines are captured as BASE64.
  json: ['application/json', 'application/jsonlines'],
} as const;

// CsvContentTypes, JsonContentTypes (SageMaker API, CaptureContentTypeHeader): 1 to 10 items of 1 to 256 characters.
const MAX_CONTENT_TYPES = 10;
const MAX_CONTENT_TYPE_LENGTH = 256;
const CONTENT_TYPE = /^[a-zA-Z0-9](?:-*[a-zA-Z0-9])*\/[a-zA-Z0-9](?:-*[a-zA-Z0-9.])*$/;

const contentType = z
  .string()
  .max(MAX_CONTENT_TYPE_LENGTH)
  .superRefine((text, context) => {
    if (!CONTENT_TYPE.test(text)) context.addIssue({ code: 'custom', message: problemOf(text) });
  });

function problemOf(text: string): string {
  if (text.includes(';'))
    return `must be a media type without parameters: write ${text.split(';')[0]?.trim()}, which matches any parameters`;
  const [odd] = /[+*_]/.exec(text) ?? [];
  if (odd !== undefined)
    return `holds "${odd}", which SageMaker's API refuses in a content type; such traffic is always captured as BASE64 and decoded here all the same, so remove the entry`;
  return 'must be a media type of letters, digits, "-" and (after the "/") ".", as text/csv';
}

const list = z.array(contentType).min(1).max(MAX_CONTENT_TYPES);

/** `csv` = CsvContentTypes, `json` = JsonContentTypes; a list that is left out has its default. */
export const contentTypes = z.strictObject({ csv: list.optional(), json: list.optional() });

export interface ContentTypes {
  readonly csv: readonly string[];
  readonly json: readonly string[];
}

export function contentTypesOf(raw: z.infer<typeof contentTypes> | undefined): ContentTypes {
  return { csv: raw?.csv ?? DEFAULT_CONTENT_TYPES.csv, json: raw?.json ?? DEFAULT_CONTENT_TYPES.json };
}
