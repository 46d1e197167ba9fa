import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { buildCaptureKey } from '../../../src/core/capture-key';
import { ARTHUR_CREDIT_RISK_ID, ARTHUR_OPEN_ID, FIDDLER_CREDIT_RISK_ID } from '../../../src/local/partners/demo-models';
import { type CapturedFile, fileOfCalls } from '../ministack/captured-files';
import { becomes } from './account';
import type { RelayWorld } from './relay-world';

/** The two models' sinks, as `relay-folder.ts` has them. */
const SINKS = { 'credit-risk': ['arthur', 'fiddler'], churn: ['arthur'] } as const;

type Model = keyof typeof SINKS;

interface Captured extends CapturedFile {
  readonly model: Model;
}

/** Capture files of two endpoints, and what must have become of them everywhere. */
export class CapturedTraffic {
  private readonly files: Captured[] = [];

  constructor(
    private readonly world: RelayWorld,
    private readonly bucket: string,
    private readonly stateBucket: string,
  ) {}

  /** A file as the endpoint would put it now; `title` ends its name and begins its inferences' ids. */
  async capture(model: Model, title: string, count: number): Promise<CapturedFile> {
    const { text, ids } = fileOfCalls(title, `${model}-${title}`, count);
    const key = buildCaptureKey({
      prefix: 'datacapture',
      endpoint: model,
      variant: 'AllTraffic',
      firstEvent: new Date(),
      uuid: `${randomUUID()}-${title}`,
    });
    await this.world.account.put(this.bucket, { key, text });
    const file = { model, key, text, ids };
    this.files.push(file);
    return file;
  }

  /** Everything captured so far is at its partners once, and in the ledger as done. */
  async expectDelivered(): Promise<void> {
    for (const model of ['credit-risk', 'churn'] as const)
      for (const sink of SINKS[model]) {
        const ids = this.files.filter((file) => file.model === model).flatMap((file) => file.ids);
        await becomes(() => this.stored(model, sink), ids.sort(), `${sink} holds every inference of ${model} once`);
      }
    const wanted = this.files.flatMap(({ model, key, ids }) =>
      SINKS[model].map((sink) => `${model} ${sink} ${key} done: ${ids.length} of ${ids.length}`),
    );
    await becomes(() => this.entries(), wanted.sort(), 'the ledger has each file and sink as done');
  }

  /** Ids of the inferences that the sink's partner holds, repeats included. */
  stored(model: Model, sink: (typeof SINKS)[Model][number]): string[] {
    const { arthur, fiddler } = this.world;
    const rows =
      sink === 'fiddler'
        ? fiddler.stored(FIDDLER_CREDIT_RISK_ID)
        : arthur.stored(model === 'churn' ? ARTHUR_OPEN_ID : ARTHUR_CREDIT_RISK_ID);
    return rows.map(({ id }) => id).sort();
  }

  /** Captures and ledger are all there, whatever became of the stacks. */
  async expectKept(): Promise<void> {
    const { account } = this.world;
    assert.deepEqual((await account.keys(this.bucket)).sort(), this.files.map(({ key }) => key).sort());
    assert.equal((await this.entries()).length, this.files.flatMap(({ model }) => SINKS[model]).length);
  }

  private async entries(): Promise<string[]> {
    const entries = await this.world.account.ledger(this.stateBucket);
    return entries
      .map(
        ({ model, sink, key, state, counts: { delivered, captured } }) =>
          `${model} ${sink} ${key} ${state}: ${delivered} of ${captured}`,
      )
      .sort();
  }
}
