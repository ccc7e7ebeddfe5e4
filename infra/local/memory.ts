import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that processes hold together: on Linux their proportional share, in which pages that several
 * use count once; elsewhere the sum of resident sizes, which counts such pages repeatedly. A process that is gone counts as none.
 */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (proportionalShare(pid) ?? residentSize(pid)), 0);
}

function proportionalShare(pid: number): number | undefined {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}

function residentSize(pid: number): number {
  if (pid === process.pid) return process.memoryUsage.rss();
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
  } catch {
    return 0;
  }
}
