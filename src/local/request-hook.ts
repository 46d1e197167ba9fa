import type { IncomingMessage } from 'node:http';

/**
 * Told of every request to an embedded server: before it is performed, and once it is but not yet answered. The server
 * waits for what it returns, so a promise that never settles holds the request there for good.
 */
export type RequestHook = (request: IncomingMessage, phase: 'before' | 'after') => void | Promise<void>;
