import type { SinkConfig } from '../config/model-config';
import type { Clock, DeliveryStop } from '../core/deliver';
import type { Saved } from '../ledger/claim';
import type { OpenSink } from '../sinks/sink';
import type { Redrive } from './redrive';
import type { SinkRedrive } from './sink-redrive';

/** One sink of a redrive, open. */
export interface SinkRun {
  readonly redrive: Redrive;
  readonly config: SinkConfig;
  readonly sink: OpenSink;
  readonly clock: Clock;
  /** Asked before each request. */
  readonly mayGo: () => Promise<DeliveryStop | null>;
  readonly progress: SinkRedrive;
}

/** Nothing more may be sent of a file whose entry could not be written. */
export function stopOf(saved: Saved): DeliveryStop | null {
  if (saved === 'saved') return null;
  return saved === 'fenced'
    ? { kind: 'fenced', code: 'LEASE_LOST', reason: 'another run has taken this file over', waitMs: null }
    : { kind: 'fenced', code: 'STATE_UNAVAILABLE', reason: 'the state store cannot be written', waitMs: null };
}
