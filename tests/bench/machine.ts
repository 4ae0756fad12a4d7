import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { describeMachine } from '../../main/executors/machine.ts';
import { engineStatuses } from '../../main/training/engines/open.ts';

/** The machine, without its name, and what its CPU can do. */
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

/** One line for docs: machine and date. */
export function machineLine({ cpu, cores, memory, node, flags }: BenchMachine, date: Date, isa: string | null): string {
  const widest = isa ?? (flags.some((flag) => flag.startsWith('avx512')) ? 'avx512' : (flags.at(-1) ?? ''));
  const gigabytes = Math.round(memory / 2 ** 30);
  return `${date.toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, ${widest}, ${gigabytes} GiB, Node ${node}`;
}
