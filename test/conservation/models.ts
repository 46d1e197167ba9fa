import type { ArthurModel } from '../../src/local/partners/arthur-model';
import type { FiddlerModel } from '../../src/local/partners/fiddler-model';
import { INPUTS, OUTPUTS } from './captures';
import { CAPTURES, MODEL, PREFIX } from './names';

/** The sinks of a world, the partners' models behind them, and the configuration the function gets. */
export interface SinkSetup {
  readonly name: string;
  readonly partner: 'arthur' | 'fiddler';
  readonly batch: number;
  readonly inFlight: number;
  /** More of the sink's own settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const modelId = ({ partner }: SinkSetup, at: number): string =>
  `${partner === 'arthur' ? 'a' : 'f'}0000000-0000-4000-8000-00000000000${at}`;

export const arthurModel = (id: string): ArthurModel => ({
  id,
  attributes: [
    { name: 'file', stage: 'PIPELINE_INPUT', position: 0, value_type: 'INTEGER' },
    { name: 'place', stage: 'PIPELINE_INPUT', position: 1, value_type: 'INTEGER' },
    { name: 'at', stage: 'PIPELINE_INPUT', position: 2, value_type: 'TIMESTAMP' },
    { name: 'x', stage: 'PIPELINE_INPUT', position: 3, value_type: 'FLOAT' },
    { name: 'note', stage: 'PIPELINE_INPUT', position: 4, value_type: 'STRING' },
    { name: 'score', stage: 'PREDICTED_VALUE', position: 0, value_type: 'FLOAT' },
  ],
});

export const fiddlerModel = (id: string): FiddlerModel => ({
  id,
  name: id,
  schema: {
    columns: [
      { name: 'file', data_type: 'int' },
      { name: 'place', data_type: 'int' },
      { name: 'at', data_type: 'timestamp' },
      { name: 'x', data_type: 'float' },
      { name: 'note', data_type: 'str' },
      { name: 'score', data_type: 'float' },
      { name: 'event_id', data_type: 'str' },
      { name: 'event_time', data_type: 'timestamp' },
    ],
  },
  spec: {
    inputs: [...INPUTS],
    outputs: [...OUTPUTS],
    targets: [],
    decisions: [],
    metadata: ['event_id', 'event_time'],
  },
  event_id_col: 'event_id',
  event_ts_col: 'event_time',
  event_ts_format: null,
});

export function modelConfig(
  sinks: readonly SinkSetup[],
  urls: Readonly<Record<SinkSetup['partner'], string>>,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    model: MODEL,
    capture: { bucket: CAPTURES, prefix: PREFIX },
    input: { format: 'csv', columns: [...INPUTS] },
    output: { columns: [...OUTPUTS] },
    ...more,
    sinks: sinks.map((sink, at) => ({
      name: sink.name,
      type: sink.partner,
      modelId: modelId(sink, at),
      token: { env: 'PARTNER_TOKEN' },
      ...(sink.partner === 'arthur' ? { host: urls.arthur } : { url: urls.fiddler }),
      batch: { maxInferences: sink.batch, maxInFlight: sink.inFlight },
      ...sink.settings,
    })),
  };
}
