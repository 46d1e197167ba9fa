import type { PartnerFaults } from './faults';
import type { InferenceStore, Keep, StoredInference, Tally } from './inference-store';
import type { PartnerServer } from './partner-server';

/** What both stand-ins let a test see and change while they run. */
export class StandIn<Extra> {
  readonly url: string;
  readonly port: number;

  constructor(
    readonly faults: PartnerFaults<Extra>,
    protected readonly parts: {
      readonly server: PartnerServer;
      readonly store: InferenceStore;
      readonly access: Access;
    },
  ) {
    this.url = parts.server.url;
    this.port = parts.server.port;
  }

  get token(): string {
    return this.parts.access.token;
  }

  /** Rotates or revokes: calls with the old token are 401 from then on. */
  set token(token: string) {
    this.parts.access.token = token;
  }

  get keep(): Keep {
    return this.parts.store.keep;
  }

  /** `counts` lets go of the rows kept so far and keeps numbers alone from then on. */
  set keep(keep: Keep) {
    this.parts.store.keep = keep;
  }

  /** Calls so far, answered or not; the status page does not count. */
  get requests(): number {
    return this.parts.server.requests();
  }

  /** In arrival order, repeats included; empty when `keep` is `counts`. Throws for a model it was not started with. */
  stored(modelId: string): StoredInference[] {
    return this.parts.store.stored(modelId);
  }

  tally(modelId: string): Tally {
    return this.parts.store.tally(modelId);
  }

  /** Ends every connection, those of hanging calls too. */
  close(): Promise<void> {
    return this.parts.server.close();
  }
}

/** The one token that is let in. */
export interface Access {
  token: string;
}
