import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Resident memory of a process in bytes, 0 when it is gone. On Linux the kernel's own high-water mark, so that one
 * reading after the work is enough; elsewhere what `ps` sees at this moment.
 */
export function residentBytes(pid: number): number {
  return process.platform === 'linux' ? highWaterMark(pid) : currentSize(pid);
}

function highWaterMark(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function currentSize(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) * 1024;
  } catch {
    return 0;
  }
}
