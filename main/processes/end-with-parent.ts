import { Worker } from 'node:worker_threads';
import { detach } from '../contract/wire/detach.ts';

/** Milliseconds between two looks whether the parent lives. */
const every = 100;

/** Linux and macOS give an orphan another parent; Windows keeps the id of the dead one. */
const watch = `
  const parent = require('node:worker_threads').workerData;
  const lives = () => {
    if (process.platform !== 'win32') return process.ppid === parent;
    try { return process.kill(parent, 0); } catch { return false; }
  };
  setInterval(() => { if (!lives()) process.kill(process.pid, 'SIGKILL'); }, ${every});
`;

/** The parent at the start of this process. */
const parent = process.ppid;

/**
 * Ends this process when its parent has ended, also in the middle of a call that holds up its thread. Other processes
 * notice by themselves that their channel was closed. Returns a function that stops watching.
 */
export function endWithParent(): () => void {
  const watcher = new Worker(watch, { eval: true, execArgv: [], workerData: parent });
  watcher.unref();
  return () => detach(watcher.terminate());
}
