import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARTHUR_CREDIT_RISK_ID, ARTHUR_OPEN_ID, FIDDLER_CREDIT_RISK_ID } from '../../../src/local/partners/demo-models';

/** A folder as an engineer has it: `examples/existing-endpoint-and-bucket`, with partners that are here. */
export interface RelayFolder {
  readonly directory: string;
  readonly bucket: string;
  readonly arthurUrl: string;
  readonly fiddlerUrl: string;
}

/** Where the tokens are; the configuration holds their names alone. */
export const ARTHUR_SECRET = 'monitoring/arthur';
export const FIDDLER_PARAMETER = '/monitoring/fiddler';

/** Whom alarms tell: of the account already, as in the example. */
const ALARMS = 'alarms: { topics: [arn:aws:sns:us-east-1:000000000000:ml-platform] }';

/** Two sinks: notifications go to a topic, and from there to a queue for each. */
export function writeCreditRisk({ directory, bucket, arthurUrl, fiddlerUrl }: RelayFolder, prefix: string): void {
  writeModel(directory, 'credit-risk', [
    'endpoint: { existing: credit-risk-prod }',
    `capture: { bucket: ${bucket}, prefix: ${prefix}, store: existing }`,
    'input: { columns: [age, workclass, income, hours] }',
    'output: { columns: [score] }',
    'sinks:',
    `  - { name: arthur, type: arthur, host: "${arthurUrl}", modelId: ${ARTHUR_CREDIT_RISK_ID}, token: { secret: ${ARTHUR_SECRET} } }`,
    '  - name: fiddler',
    '    type: fiddler',
    `    url: "${fiddlerUrl}"`,
    `    modelId: ${FIDDLER_CREDIT_RISK_ID}`,
    `    token: { ssm: ${FIDDLER_PARAMETER} }`,
    ALARMS,
  ]);
}

/** One sink: notifications go to its queue. */
export function writeChurn({ directory, bucket, arthurUrl }: RelayFolder, prefix: string): void {
  writeModel(directory, 'churn', [
    'endpoint: { existing: churn-prod }',
    `capture: { bucket: ${bucket}, prefix: ${prefix}, store: existing }`,
    'input: { columns: [age, workclass, income, hours] }',
    'output: { columns: [score] }',
    'sinks:',
    `  - { type: arthur, host: "${arthurUrl}", modelId: ${ARTHUR_OPEN_ID}, token: { secret: ${ARTHUR_SECRET} } }`,
    ALARMS,
  ]);
}

function writeModel(directory: string, model: string, lines: readonly string[]): void {
  mkdirSync(join(directory, 'models'), { recursive: true });
  writeFileSync(join(directory, 'models', `${model}.yaml`), `${[`model: ${model}`, ...lines].join('\n')}\n`);
}
