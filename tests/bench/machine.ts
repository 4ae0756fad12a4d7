import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { describeMachine } from '../../main/files/environment.ts';
import { engineStatuses } from '../../main/training/engines/open.ts';
import type { BenchOptions } from './options.ts';

/** The machine, without its name, and its CPU's instruction sets. */
export function benchMachine() {
  const { host: _, ...machine } = describeMachine();
  return { ...machine, flags: cpuFlags() };
}
export type BenchMachine = ReturnType<typeof benchMachine>;

/** Instruction sets that matter for numbers, from Linux's /proc/cpuinfo; empty elsewhere. */
function cpuFlags(): string[] {
  try {
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return flags.split(' ').filter((flag) => /^(sse4|avx|fma|f16c|amx|asimd|sve)/.test(flag));
  } catch {
    return [];
  }
}

/** Programs waiting to run, on average over the last minute, 5 and 15 minutes. */
export const load = (): number[] => loadavg().map((value) => Math.round(100 * value) / 100);

/** The product's own state, and its engines. */
export function productVersions(root: string): Record<string, string> {
  return {
    commit: git(root, ['rev-parse', '--short=12', 'HEAD']),
    changed: git(root, ['status', '--porcelain', '--', 'main']) === '' ? 'no' : 'yes',
    ...Object.fromEntries(engineStatuses().map(({ name, note }) => [name, note])),
  };
}

function git(root: string, args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

export interface RunDescription {
  machine: BenchMachine;
  versions: Record<string, string>;
  date: Date;
  load: { before: number[]; after: number[] };
  options: Pick<BenchOptions, 'isa' | 'rounds' | 'seconds'>;
}

/** One line under a table: when, where and how it was measured. */
export function describeRun({ machine, versions, date, load: loads, options }: RunDescription): string {
  const { cpu, cores, memory, node, flags } = machine;
  const widest = flags.some((flag) => flag.startsWith('avx512')) ? 'AVX-512' : flags.includes('avx2') ? 'AVX2' : '';
  const instructions = options.isa ? 'PyTorch and TensorFlow limited to AVX2' : widest;
  return [
    `Measured ${date.toISOString().slice(0, 10)} on ${cpu}`,
    `${cores} cores`,
    ...(instructions ? [instructions] : []),
    `${Math.round(memory / 2 ** 30)} GiB`,
    `Node ${node}`,
    `${versions.tensorflow}`,
    `commit ${versions.commit}${versions.changed === 'yes' ? ' with changes' : ''}`,
    `${options.rounds} blocks of about ${options.seconds} s`,
    `load of the machine ${loads.before[0]} before, ${loads.after[0]} after.`,
  ].join(', ');
}

/** Processor time of a process with all its threads, user and system, by Linux's proc(5), in seconds; null: not known. */
export function cpuSeconds(pid: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
