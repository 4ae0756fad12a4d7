import { readFileSync, writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Argument that has the entry module of a worker call `yieldProcessor`. */
export const inBackground = 'background';

/** Elsewhere than on Windows, a third of what a process of usual priority gets. Windows has few steps. */
const lower = process.platform === 'win32' ? constants.priority.PRIORITY_BELOW_NORMAL : 5;

/** Milliseconds: Linux takes one change of a group's priority in a tenth of a second from all processes. */
const retryAfter = 150;

/**
 * Leaves the processor to everything else on the machine: on a core that another process wants, this one gets a quarter
 * of the time, and all of a free one. Call it before threads are created, which inherit it on Linux. It cannot be undone.
 * With `BOUNDARY_PRIORITY=normal` nothing changes, e.g. for a server that others keep busy.
 */
export function yieldProcessor(): void {
  if (process.env.BOUNDARY_PRIORITY === 'normal') return;
  try {
    if (getPriority() < lower) setPriority(lower);
  } catch {
    // A container may refuse it. Then all processes share the processor equally.
  }
  if (process.platform === 'linux' && leadsSession()) yieldGroup();
}

/**
 * Where Linux groups processes by session (autogroup), the priority of a process counts only within its session. A
 * worker leads its own, so the group needs the same priority.
 */
function yieldGroup(): void {
  try {
    writeFileSync('/proc/self/autogroup', String(lower));
  } catch (error) {
    // Any other error: a kernel without such groups, or a container that refuses it.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') setTimeout(yieldGroup, retryAfter).unref();
  }
}

/** In a session of others, e.g. that of the desktop program, the group's priority would be theirs too. */
function leadsSession(): boolean {
  try {
    // After the name in parentheses: state, parent, group, session.
    const [, , , session] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(session) === process.pid;
  } catch {
    return false;
  }
}
