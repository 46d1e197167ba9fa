import { captureFileText, csv } from '../../support/capture-events';

/** Capture files of the credit-risk model, and the ids their inferences must arrive under. */
export interface CapturedFile {
  readonly key: string;
  readonly text: string;
  readonly ids: readonly string[];
}

export const PREFIX = 'captures/';
export const SUFFIX = '.jsonl';

export const captureKey = (name: string): string =>
  `${PREFIX}credit-risk/AllTraffic/2026/09/01/12/00-00-000-${name}${SUFFIX}`;

/** Names that an S3, an event or a decoder may spell differently. */
const ODD_NAMES = [
  'plain',
  'with space',
  ' two  spaces ',
  'plus+sign',
  'equals=sign',
  'percent%sign',
  'percent%41escape',
  'percent%2Fslash',
  'mix + %20=% é',
  '(parentheses)',
  "quote'and&ampersand",
  'umlaut-grüße',
  '日本語',
  'emoji-😀',
  'colon:at@semi;comma,dollar$',
  'tilde~star*bang!',
];

/** A file of calls with one row each, named after it. */
export function fileOfCalls(name: string, ids: string, count: number): CapturedFile {
  const events = Array.from({ length: count }, (_, at) => `${ids}-${at}`);
  return { key: captureKey(name), text: captureFileText(events.map((eventId) => call(eventId, 1))), ids: events };
}

export const oddlyNamedFiles = (): CapturedFile[] =>
  ODD_NAMES.map((name, at) => fileOfCalls(name, `odd-${at}`, 1 + (at % 3)));

/** A call of three rows between a torn line and an ordinary one. */
export function fileWithTornLine(): CapturedFile {
  const torn = captureFileText([call('torn', 1)]).slice(0, 100);
  return {
    key: captureKey('torn'),
    text: `${torn}\n${captureFileText([call('basket', 3), call('single', 1)])}`,
    ids: ['basket_0', 'basket_1', 'basket_2', 'single'],
  };
}

function call(eventId: string, rows: number) {
  const each = (row: string): string => Array.from({ length: rows }, () => row).join('\n');
  return { eventId, input: csv(each('37,Private,52000.50,40')), output: csv(each('0.25')) };
}
