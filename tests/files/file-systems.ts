import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Why no file system can be mounted here, or null. */
export function whyNoMounts(): string | null {
  if (process.platform !== 'linux') return 'it needs Linux';
  return process.getuid?.() === 0 ? null : 'mounting needs root';
}

/** Why there is no file system that can be slow, or null. */
export function whyNoSlowFolder(): string | null {
  const why = whyNoMounts();
  if (why !== null) return why;
  return spawnSync('which', ['bindfs']).status === 0 ? null : 'bindfs is not installed (apt-get install bindfs)';
}

/** A file system in memory of so many bytes, until the test ends. */
export function mountMemory(folder: string, bytes: number) {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  const filler = join(folder, 'filler');
  return {
    /** Fails while a file is open for writing. @param mode `ro` or `rw` */
    remount: (mode: 'ro' | 'rw'): void => void execFileSync('mount', ['-o', `remount,${mode}`, folder]),
    /** Takes all room. */
    fill(): void {
      const file = openSync(filler, 'w');
      try {
        for (let size = 2 ** 16; size >= 1; size /= 2) fillBy(file, size);
      } finally {
        closeSync(file);
      }
    },
    free: (): void => rmSync(filler),
  };
}

function fillBy(file: number, size: number): void {
  try {
    for (;;) {
      writeSync(file, Buffer.alloc(size, 1));
      fsyncSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/**
 * Shows `real` at `folder` through a process that can be slow, or stand still as a network file system whose server does
 * not answer; until the test ends. @param bytesPerSecond at which it writes
 */
export function mountSlow(real: string, folder: string, bytesPerSecond: number) {
  for (const each of [real, folder]) mkdirSync(each, { recursive: true });
  const server: ChildProcess = spawn('bindfs', ['-f', `--write-rate=${bytesPerSecond}`, real, folder], {
    stdio: 'ignore',
  });
  while (!readFileSync('/proc/mounts', 'utf8').includes(` ${folder} fuse`)) spawnSync('sleep', ['0.02']);
  onTestFinished(() => {
    server.kill('SIGCONT');
    spawnSync('umount', ['--lazy', folder]);
    server.kill('SIGKILL');
  });
  return { stop: () => server.kill('SIGSTOP'), continue: () => server.kill('SIGCONT') };
}
