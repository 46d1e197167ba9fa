import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHook } from '../../src/local/request-hook';
import { STATE_BUCKET } from './names';

/** What the function's processes ask of the world, seen from the servers: who asked, for what, the how manieth. */
export type Server = 'captures' | 'state' | 'queue' | 'arthur' | 'fiddler';

export interface Seen {
  readonly server: Server;
  /** `PUT ledger`, `GET capture`, `SendMessage`, `POST`. */
  readonly what: string;
  readonly path: string;
  readonly pid: number;
  /** Among the requests of the same `what`, from 1. */
  readonly nth: number;
  /** Among all requests to this server, from 1. */
  readonly request: number;
}

export type Phase = 'before' | 'after';

/** Told of each request. `dead`: its process was killed here, and nobody will hear of it any more. */
export type Rule = (seen: Seen, phase: Phase) => 'dead' | void | Promise<'dead' | void>;

/** A promise that never settles: the request stays where it is. */
const forEver = new Promise<never>(() => undefined);

export class Traffic {
  readonly rules: Rule[] = [];
  /** Told once a request was performed whose sender had gone by then. */
  onUnheard: (seen: Seen) => void = () => undefined;
  private readonly counted = new Map<string, number>();
  private readonly seen = new WeakMap<IncomingMessage, Seen>();

  /** `requests`: how many the server has counted; `token`: what the partner expects instead of a process's own. */
  hook(server: Server | 's3', requests: () => number = () => 0, token: string | null = null): RequestHook {
    return async (message, phase) => {
      const seen = phase === 'before' ? this.begin(server, message, requests(), token) : this.seen.get(message);
      if (seen === undefined) return;
      for (const rule of this.rules) {
        // An answer may go its way: nobody is there to hear it.
        if ((await rule(seen, phase)) === 'dead') return phase === 'before' ? forEver : undefined;
      }
      if (phase === 'after' && message.socket.destroyed) this.onUnheard(seen);
    };
  }

  count(server: Server, what: string): number {
    return this.counted.get(`${server} ${what}`) ?? 0;
  }

  private begin(
    server: Server | 's3',
    message: IncomingMessage,
    request: number,
    token: string | null,
  ): Seen | undefined {
    const { authorization = '' } = message.headers;
    const pid = Number(/pid-(\d+)/.exec(authorization)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid)) return undefined;
    if (token !== null) message.headers.authorization = authorization.replace(/pid-\d+/, token);
    const asked = askedOf(server, message);
    const name = `${asked.server} ${asked.what}`;
    const nth = (this.counted.get(name) ?? 0) + 1;
    this.counted.set(name, nth);
    const seen = { ...asked, path: message.url ?? '', pid, nth, request };
    this.seen.set(message, seen);
    return seen;
  }
}

function askedOf(
  server: Server | 's3',
  { method = '', url = '', headers }: IncomingMessage,
): Pick<Seen, 'server' | 'what'> {
  if (server === 'queue') return { server, what: String(headers['x-amz-target']).replace('AmazonSQS.', '') };
  if (server !== 's3') return { server, what: method };
  const [, bucket = '', folder = ''] = url.split(/[/?]/);
  return bucket === STATE_BUCKET
    ? { server: 'state', what: `${method} ${folder}` }
    : { server: 'captures', what: method };
}

/** A rule that holds requests up; `ms` decides for each. */
export const slow =
  (ms: (seen: Seen) => number): Rule =>
  async (seen, phase) => {
    const waitMs = phase === 'before' ? ms(seen) : 0;
    if (waitMs > 0) await sleep(waitMs);
  };
