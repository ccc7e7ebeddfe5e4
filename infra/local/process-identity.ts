import { readFileSync } from 'node:fs';

/** What tells a process from a later one with the same pid: its start time, where the system shows it. */
export function startTimeOf(pid: number): string {
  return statusOf(pid)[19] ?? '';
}

/** Whether the process that was seen with this pid and start time still runs. */
export function isRunning(pid: number, startTime: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const status = statusOf(pid);
  // A zombie has ended, and only waits for its parent to notice.
  if (status[0] === 'Z') return false;
  return startTime === '' || status[19] === startTime;
}

/** The fields of `/proc/<pid>/stat` from the state on; none where there is no such file. */
function statusOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name before them may itself hold spaces and parentheses.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
