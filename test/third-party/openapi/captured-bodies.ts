import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoFiles } from '../../../src/local/emulation/demo-captures';
import { startArthur } from '../../../src/local/partners/arthur';
import {
  ARTHUR_CREDIT_RISK_ID,
  ARTHUR_OPEN_ID,
  demoArthurModels,
  demoFiddlerModels,
  FIDDLER_CREDIT_RISK_ID,
  FIDDLER_OPEN_ID,
} from '../../../src/local/partners/demo-models';
import { startFiddler } from '../../../src/local/partners/fiddler';
import type { Payload } from '../../../src/core/types';
import { captureFileText } from '../../support/capture-events';
import { type RecordedCall, startRecordingProxy } from '../recording-proxy';
import { deliverByOwnSink } from '../vendors/our-sink';

/** Every request body our sinks make of every payload shape that is known, and of the demo's capture files. */
export type PartnerName = 'arthur' | 'fiddler';

export interface Body {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface MadeBodies {
  readonly bodies: readonly Body[];
  /** Inferences in them. */
  readonly delivered: number;
}

interface Captures {
  readonly text: string;
  /** Of the model's configuration, without its sinks. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether the partner's model has a schema, or takes any column. */
  readonly model: 'credit-risk' | 'open';
}

const SHAPES = join(__dirname, '../../fixtures/shapes');
const TOKEN = 'a-token';
const MODELS = {
  arthur: { 'credit-risk': ARTHUR_CREDIT_RISK_ID, open: ARTHUR_OPEN_ID },
  fiddler: { 'credit-risk': FIDDLER_CREDIT_RISK_ID, open: FIDDLER_OPEN_ID },
} as const;

export async function bodiesOf(partner: PartnerName): Promise<MadeBodies> {
  const standIn = await (partner === 'arthur'
    ? startArthur({ token: TOKEN, models: demoArthurModels() })
    : startFiddler({ token: TOKEN, models: demoFiddlerModels() }));
  const proxy = await startRecordingProxy(standIn.url);
  try {
    let delivered = 0;
    for (const { text, config, model } of [...shapes(), ...demo()]) {
      const address = partner === 'arthur' ? { host: proxy.url } : { url: proxy.url };
      const sinks = [{ type: partner, ...address, modelId: MODELS[partner][model], token: { env: 'TOKEN' } }];
      delivered += (await deliverByOwnSink({ config: { ...config, sinks }, token: TOKEN, text })).tally.delivered;
    }
    return { bodies: proxy.calls.filter(hasJson).map(asBody), delivered };
  } finally {
    await Promise.all([proxy.close(), standIn.close()]);
  }
}

const hasJson = ({ body, headers }: RecordedCall): boolean =>
  body.length > 0 && headers['content-type'] === 'application/json';

/** Below the address the description names: Arthur's begins with its version. */
const asBody = ({ method, path, body }: RecordedCall): Body => ({
  method,
  path: (path.split('?')[0] ?? '').replace(/^\/api\/v3/, ''),
  body: body.toString('utf8'),
});

interface ShapeCase {
  readonly config?: Record<string, unknown>;
  readonly input: Payload | null;
  readonly output: Payload | null;
}

function shapes(): Captures[] {
  const names = readdirSync(SHAPES).filter((name) => /^\d{3}-.*(?<!\.golden)\.json$/.test(name));
  return names.map((name) => {
    const { config = {}, input, output } = JSON.parse(readFileSync(join(SHAPES, name), 'utf8')) as ShapeCase;
    return { text: captureFileText([{ input, output }]), config, model: 'open' };
  });
}

function demo(): Captures[] {
  const files = [0, 1].flatMap((round) => demoFiles(round, new Date('2026-09-01T12:00:00Z'), 'captures/'));
  return files.map(({ text }) => ({ text, config: {}, model: 'credit-risk' }));
}
