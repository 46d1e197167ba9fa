import { readFileSync, readlinkSync } from 'node:fs';
import { codeOf } from '../core/errors';

/** A process, so named that no other one can be taken for it: pids are given again, in containers the same few. */
export interface LockOwner {
  readonly pid: number;
  /** When the system started it, in its own ticks; null where nothing tells (no /proc). */
  readonly birth: string | null;
  /** Within which the pid counts: two containers have each a process 1. Null where nothing tells. */
  readonly namespace: string | null;
}

export function thisProcess(): LockOwner {
  return { pid: process.pid, birth: statusOf(process.pid)?.birth ?? null, namespace: namespace() };
}

/** `unknown`: it runs beside us in another container, or ran in one that is gone; or nothing here can tell. */
export function stateOf(owner: LockOwner): 'alive' | 'dead' | 'unknown' {
  if (owner.namespace !== namespace()) return 'unknown';
  const birth = thisProcess().birth;
  if (birth === null || owner.birth === null) return isThere(owner.pid) ? 'unknown' : 'dead';
  const status = statusOf(owner.pid);
  return status !== null && !status.isZombie && status.birth === owner.birth ? 'alive' : 'dead';
}

/** proc_pid_stat(5): the name in parentheses may hold anything, so what follows is counted from the last one. */
function statusOf(pid: number): { readonly birth: string; readonly isZombie: boolean } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, birth] = [fields[0], fields[19]];
    // Killed, and its parent has not asked for its exit code: it does nothing any more, perhaps for ever.
    return birth === undefined ? null : { birth, isZombie: state === 'Z' || state === 'X' };
  } catch {
    return null;
  }
}

function namespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return codeOf(error) !== 'ESRCH';
  }
}
