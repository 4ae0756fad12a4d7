import { readFileSync } from 'node:fs';
import { availableParallelism, arch, cpus, hostname, platform, totalmem } from 'node:os';
import type { Machine } from '../contract/run.ts';

/** This machine, for the provenance of its runs. */
export function describeMachine(): Machine {
  return {
    host: hostname(),
    platform: platform(),
    architecture: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    node: process.versions.node,
  };
}

/** Bytes of memory that a process holds, or null where the system does not tell (other than Linux). */
export function residentMemory(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
