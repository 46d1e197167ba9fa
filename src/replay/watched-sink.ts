import type { PassThrough, Upload } from '../core/pass-through';
import type { OpenSink } from '../sinks/sink';
import type { Pace } from './pace';
import type { Stop } from './stop';

/** Requests as they go out, repeated ones included. */
export interface Requests {
  count: number;
  /** Of their bodies; 0 for sinks that take values. */
  bytes: number;
}

export interface Watch {
  readonly requests: Requests;
  /** Null: as fast as the sink takes them. */
  readonly pace: Pace | null;
  readonly stop: Pick<Stop, 'isAsked'>;
}

const STOPPED = { kind: 'retryable', reason: 'the replay was stopped', waitMs: null } as const;

/** An open sink as a replay uses it: every request counted, held to the pace, and none begun after a stop. */
export function watchedSink(sink: OpenSink, watch: Watch): OpenSink {
  const { requests, pace, stop } = watch;
  const { template, columns, needsTime } = sink;
  const finishFile = sink.finishFile?.bind(sink);
  return {
    template,
    columns,
    needsTime,
    deliver: async (batch, signal) => {
      await pace?.take(batch.inferences.length);
      if (stop.isAsked) return STOPPED;
      requests.count += 1;
      requests.bytes += batch.bodyBytes;
      return sink.deliver(batch, signal);
    },
    ...(sink.passThrough === undefined ? {} : { passThrough: watchedUploads(sink.passThrough, watch) }),
    ...(finishFile === undefined ? {} : { finishFile }),
    close: () => sink.close(),
  };
}

function watchedUploads(passThrough: PassThrough, { requests, pace, stop }: Watch): PassThrough {
  return {
    read: (event) => passThrough.read(event),
    send: async (upload, signal) => {
      await pace?.take(0);
      if (stop.isAsked) return STOPPED;
      requests.count += 1;
      const lines = counted(upload.lines, requests);
      const result = await passThrough.send({ ...upload, lines }, signal);
      // How many inferences a file holds is known once it was read.
      pace?.spend(upload.handed.inferences);
      return result;
    },
  };
}

async function* counted(lines: Upload['lines'], requests: Requests): AsyncGenerator<Uint8Array> {
  for await (const line of lines) {
    requests.bytes += line.byteLength;
    yield line;
  }
}

/** The same rows in the same requests, and nothing sent: what a dry run counts is what the run will do. */
export function paperSink(sink: OpenSink): OpenSink {
  const { template, columns, needsTime, passThrough } = sink;
  return {
    template,
    columns,
    needsTime,
    deliver: () => Promise.resolve({ kind: 'delivered' }),
    ...(passThrough === undefined ? {} : { passThrough: paperUploads(passThrough) }),
    close: () => sink.close(),
  };
}

function paperUploads(passThrough: PassThrough): PassThrough {
  return {
    read: (event) => passThrough.read(event),
    send: async ({ lines }) => {
      try {
        for await (const _ of lines);
        return { kind: 'delivered' };
      } catch {
        // The flow knows why: the file could not be read on, and is reported as such.
        return { kind: 'retryable', reason: 'the file could not be read', waitMs: null };
      }
    },
  };
}
