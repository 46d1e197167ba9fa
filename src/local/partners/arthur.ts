import type { RequestHook } from '../request-hook';
import { type ArthurCall, arthurError } from './arthur-ingest';
import type { ArthurModel } from './arthur-model';
import { type ArthurPermissions, arthurRoutes } from './arthur-routes';
import { type ArthurFault, PartnerFaults } from './faults';
import { InferenceStore } from './inference-store';
import { servePartner } from './partner-server';
import { dispatch } from './router';
import { type Access, StandIn } from './stand-in';

/** A stand-in of Arthur v3 on loopback: takes inferences, judges them row by row, and answers 207 whatever became of them. */
export interface ArthurOptions {
  /** Expected bare in `Authorization`. */
  readonly token: string;
  readonly models: readonly ArthurModel[];
  /** Default 0: a free one. */
  readonly port?: number;
  readonly now?: () => Date;
  /** What the token may do. Default: everything. */
  readonly permissions?: Partial<ArthurPermissions>;
  /** Larger bodies get 413. Default 16 MiB: Arthur's own limit is not known. */
  readonly maxBodyBytes?: number;
  /** The same for the two file calls. Default 300 MiB: Arthur's client cuts its files there. */
  readonly maxUploadBytes?: number;
  readonly onRequest?: RequestHook;
}

export class ArthurStandIn extends StandIn<ArthurFault> {
  /** Changes take effect with the next call. */
  readonly permissions: ArthurPermissions;

  constructor(permissions: ArthurPermissions, ...shared: ConstructorParameters<typeof StandIn<ArthurFault>>) {
    super(...shared);
    this.permissions = permissions;
  }
}

const INGEST = /^\/api\/v3\/models\/[^/]+\/(inferences|ground_truth)(\/|$)/;
const isIngest = (method: string, path: string) => method !== 'GET' && INGEST.test(path);

/** Starts it on 127.0.0.1; rejects when the port is taken. */
export async function startArthur(o: ArthurOptions): Promise<ArthurStandIn> {
  const ids = o.models.map((model) => model.id);
  const store = new InferenceStore(ids, o.now ?? (() => new Date()));
  const access: Access = { token: o.token };
  const permissions = {
    rawDataWrite: true,
    readAttributes: true,
    groundTruthWrite: true,
    readUser: true,
    ...o.permissions,
  };
  const limits = {
    maxBodyBytes: o.maxBodyBytes ?? 16 * 1024 * 1024,
    maxUploadBytes: o.maxUploadBytes ?? 300 * 1024 * 1024,
  };
  const routes = arthurRoutes({ store, ...limits }, o.models, permissions);
  const faults = new PartnerFaults<ArthurFault>();
  const status = () => ({
    standIn: 'Arthur v3',
    models: o.models.map(({ id, display_name: name }) => ({ id, name, tally: store.tally(id) })),
  });
  const handle = (call: ArthurCall) => {
    // Bare: with a scheme in front it is another token.
    if (call.headers.authorization !== access.token) return Promise.resolve(arthurError(401, 'unauthorized'));
    return dispatch(routes, call, (other) => arthurError(other, other === 404 ? 'not found' : 'method not allowed'));
  };
  const { onRequest } = o;
  const server = await servePartner({ faults, isIngest, onRequest, status, error: arthurError, handle }, o.port ?? 0);
  return new ArthurStandIn(permissions, faults, { server, store, access });
}
