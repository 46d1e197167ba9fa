import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHook } from '../request-hook';
import { type FaultCall, PartnerFaults } from './faults';
import { fiddlerError } from './fiddler-answers';
import { type FiddlerFile, FiddlerJobs } from './fiddler-jobs';
import type { FiddlerModel } from './fiddler-model';
import { fiddlerRoutes } from './fiddler-routes';
import { InferenceStore } from './inference-store';
import { type PartnerAppAccess, throughPartnerApp } from './partner-app';
import { type PartnerCall, servePartner } from './partner-server';
import { dispatch } from './router';
import { type Access, StandIn } from './stand-in';

/** A stand-in of Fiddler v3 on loopback: takes events by the call, and refuses a call whole without saying for which event. */
export interface FiddlerOptions {
  /** Expected as `Authorization: Bearer …`. */
  readonly token: string;
  readonly models: readonly FiddlerModel[];
  /** Default 0: a free one. */
  readonly port?: number;
  readonly now?: () => Date;
  /** What a publish is answered with. Default 202, as the vendor's client names it; its documentation says 200. */
  readonly publishStatus?: 200 | 202;
  /** Whether a refused call names the event at fault. Default false: no such answer was seen. */
  readonly namesRow?: boolean;
  /** Larger bodies get 413. Default 16 MiB: Fiddler's own limit is not known. Files have theirs, 100 MiB a part. */
  readonly maxBodyBytes?: number;
  /** Stand behind AWS's check of partner apps: calls must be signed, and carry the token in a header of its own. */
  readonly partnerApp?: PartnerAppAccess;
  readonly onRequest?: RequestHook;
}

/** One call to `/v3/events`. */
export interface FiddlerEventsCall {
  /** Among all requests, from 1. */
  readonly request: number;
  readonly method: string;
  /** `X-Fiddler-Client-Retry`, null at the first attempt: the vendor's client counts its retries there. */
  readonly clientRetry: string | null;
}

/** Older calls are let go, so that a long run stays flat in memory. */
const MAX_CALLS_KEPT = 10_000;

export class FiddlerStandIn extends StandIn<never> {
  readonly #calls: readonly FiddlerEventsCall[];
  readonly #jobs: FiddlerJobs;

  constructor(
    seen: { calls: readonly FiddlerEventsCall[]; jobs: FiddlerJobs },
    ...shared: ConstructorParameters<typeof StandIn<never>>
  ) {
    super(...shared);
    this.#calls = seen.calls;
    this.#jobs = seen.jobs;
  }

  /** The latest 10,000 calls to `/v3/events` those a fault struck included. */
  get eventsCalls(): FiddlerEventsCall[] {
    return [...this.#calls];
  }

  get files(): FiddlerFile[] {
    return [...this.#jobs.files.values()];
  }
}

const isIngest = (method: string, path: string) => path === '/v3/events' && method !== 'GET';

/** Starts it on 127.0.0.1; rejects when the port is taken. */
export async function startFiddler(o: FiddlerOptions): Promise<FiddlerStandIn> {
  const now = o.now ?? (() => new Date());
  const models = new Map(o.models.map((model) => [model.id, model]));
  const store = new InferenceStore([...models.keys()], now);
  const jobs = new FiddlerJobs(now);
  const access: Access = { token: o.token };
  const context = { store, jobs, models, publishStatus: o.publishStatus ?? 202, namesRow: o.namesRow ?? false };
  const routes = fiddlerRoutes(context, o.maxBodyBytes ?? 16 * 1024 * 1024);
  const calls: FiddlerEventsCall[] = [];
  const seen = (call: FaultCall, headers: IncomingHttpHeaders) => {
    if (call.ingestNumber !== null) note(calls, call, headers);
  };
  const faults = new PartnerFaults();
  const status = () => ({
    standIn: 'Fiddler v3',
    models: o.models.map(({ id, name }) => ({ id, name, tally: store.tally(id) })),
  });
  const inside = (call: PartnerCall<never>, authorization: unknown) => {
    if (authorization !== `Bearer ${access.token}`) return Promise.resolve(fiddlerError(401, 'unauthorized'));
    return dispatch(routes, call, (other) => fiddlerError(other, other === 404 ? 'not found' : 'method not allowed'));
  };
  const { partnerApp, onRequest } = o;
  const handle = (call: PartnerCall<never>) =>
    partnerApp === undefined
      ? inside(call, call.headers.authorization)
      : throughPartnerApp(call, partnerApp, now(), (read) =>
          inside(read, read.headers['x-amz-partner-app-authorization']),
        );
  const server = await servePartner(
    { faults, isIngest, seen, onRequest, status, error: fiddlerError, handle },
    o.port ?? 0,
  );
  return new FiddlerStandIn({ calls, jobs }, faults, { server, store, access });
}

function note(calls: FiddlerEventsCall[], call: FaultCall, headers: IncomingHttpHeaders): void {
  const retry = headers['x-fiddler-client-retry'];
  calls.push({ request: call.number, method: call.method, clientRetry: typeof retry === 'string' ? retry : null });
  if (calls.length > MAX_CALLS_KEPT) calls.shift();
}
