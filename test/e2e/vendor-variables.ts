import { ARTHUR_TOKEN, FIDDLER_TOKEN } from '../support/forward-stack';
import type { Partners } from './forward-function';
import { ARTHUR_CREDIT, FIDDLER_CREDIT } from './partner-models';

/** The variables the vendors' sample guides ask for, and no others. */
export const arthurVariables = ({ arthur }: Partners, modelId = ARTHUR_CREDIT): Record<string, string> => ({
  ARTHUR_HOST: arthur.url,
  ARTHUR_MODEL_ID: modelId,
  ARTHUR_ACCESS_TOKEN: ARTHUR_TOKEN,
});

export const fiddlerVariables = ({ fiddler }: Partners): Record<string, string> => ({
  FIDDLER_URL: fiddler.url,
  FIDDLER_TOKEN,
  FIDDLER_MODEL_UUID: FIDDLER_CREDIT,
  FIDDLER_MODEL_COLUMNS: 'age,workclass,income',
  FIDDLER_MODEL_OUTPUT_COLUMN: 'score',
  FIDDLER_TIMESTAMP_COLUMN: 'event_time',
});
