import { crc32 } from 'node:zlib';
import { SourceFailure } from '../core/source';
import type { Claim } from '../ledger/claim';
import type { FirstBytes, KnownFile } from '../ledger/ledger';
import { type Later, later } from './file-end';
import type { FileWork } from './file-work';
import type { ForwardContext } from './forward-context';
import type { RelayState } from './relay-state';

export type ClaimedFile =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'poison'; readonly claim: Claim }
  | { readonly kind: 'done'; readonly why: string }
  | { readonly kind: 'later'; readonly later: Later };

/** Asks the ledger for a file; what it answers, in words. */
export async function claimFile(work: FileWork, context: ForwardContext, { ledger }: RelayState): Promise<ClaimedFile> {
  const { created, isAlone } = work;
  const answer = await ledger.claim({
    ...knownFile(work),
    again: false,
    isAlone,
    leaseMs: Math.max(0, context.endMs - context.clock.nowMs()),
    firstBytes: (byteLength) => firstBytes(context.read(created, context.signal, 0), byteLength),
  });
  if (answer.kind === 'claimed' || answer.kind === 'poison') return answer;
  if (answer.kind === 'done') return { kind: 'done', why: 'the file was delivered before' };
  if (answer.kind === 'stale') return { kind: 'done', why: 'the notification is older than what is known of this key' };
  if (answer.kind === 'busy')
    return { kind: 'later', later: later('FILE_BUSY', 'another run works on this file', answer.waitMs) };
  if (answer.kind === 'unavailable') return { kind: 'later', later: later('STATE_UNAVAILABLE', answer.reason, null) };
  if (answer.kind === 'unreadable') return { kind: 'later', later: later('STATE_UNREADABLE', answer.reason, null) };
  // Spread, so that two of them do not meet again.
  const waitMs = ALONE_WAIT_MS * (1 + context.clock.random() * 3);
  return {
    kind: 'later',
    later: later('RUNS_ALONE', 'an earlier run on this file never ended; it runs alone', waitMs),
  };
}

/** What the ledger must know of a file to tell it from all others. */
export function knownFile({ created, sink, firstSeenMs }: FileWork): KnownFile {
  const { file, eTag, sequencer } = created;
  const content = { versionId: file.versionId, eTag, sequencer };
  return { sink: sink.name, file, content, configHash: sink.configHash, firstSeenMs };
}

const ALONE_WAIT_MS = 5_000;

/** Of a content that is read by its version or ETag alone. */
export async function firstBytes(bytes: AsyncIterable<Uint8Array>, byteLength: number): Promise<FirstBytes> {
  let crc = 0;
  let read = 0;
  try {
    for await (const chunk of bytes) {
      const rest = byteLength - read;
      crc = crc32(chunk.subarray(0, Math.max(0, rest)), crc);
      read += chunk.byteLength;
      if (read > byteLength) return { kind: 'read', crc, isAll: false };
    }
  } catch (error) {
    return { kind: error instanceof SourceFailure && error.kind === 'superseded' ? 'superseded' : 'unknown' };
  }
  return read < byteLength ? { kind: 'unknown' } : { kind: 'read', crc, isAll: true };
}
