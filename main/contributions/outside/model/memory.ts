import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** What a process writes before it ends itself because of its memory. */
export const memoryMessage = 'over the memory limit';

/** Runs beside native code that blocks the process. */
const watch = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
setInterval(() => {
  if (process.memoryUsage.rss() <= workerData.limit) return;
  writeSync(2, workerData.message + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 20);
`;

/**
 * Ends this process, at most about 20 ms late, when it has more than `bytes` in memory. On Linux, the system also refuses
 * larger allocations, where `prlimit` is installed, and a crash leaves no memory dump. Resolves when the limit holds.
 */
export async function limitMemory(bytes: number): Promise<void> {
  const watcher = new Worker(watch, { eval: true, workerData: { limit: bytes, message: memoryMessage } });
  await once(watcher, 'online');
  watcher.unref();
  if (process.platform !== 'linux') return;
  // A thread reserves half a gigabyte, which counts.
  const limit = Math.ceil(dataBytes() + bytes);
  spawnSync('prlimit', [`--pid=${process.pid}`, `--data=${limit}:${limit}`, '--core=0:0'], { stdio: 'ignore' });
}

/** Bytes of private memory that this process may write. */
function dataBytes(): number {
  try {
    return 1024 * Number(/^VmData:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
