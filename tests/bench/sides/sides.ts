import { fileURLToPath } from 'node:url';
import type { EngineName } from '../../../main/contract/run.ts';
import { locateMnist } from '../../../main/training/data/sources/mnist.ts';
import type { BenchOptions } from '../options.ts';
import type { SideTask } from './protocol.ts';
import { Side, type SideProgram } from './side.ts';

/** What tables call PyTorch as its users write it, and with channels_last and the fused Adam. */
export const peerName = 'PyTorch';
export const tunedName = 'PyTorch tuned';

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** One thread each, whatever the library. */
const oneThread = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Keeps PyTorch (its own kernels, oneDNN and MKL) and TensorFlow (oneDNN, our kernels) to AVX2. */
const avx2 = {
  ATEN_CPU_CAPABILITY: 'avx2',
  ONEDNN_MAX_CPU_ISA: 'AVX2',
  MKL_ENABLE_INSTRUCTIONS: 'AVX2',
  BOUNDARY_MARCH: 'x86-64-v3',
};

/** What keeps a side to these instructions, and to one thread. */
export const environment = (isa: BenchOptions['isa']): Record<string, string> => ({
  ...oneThread,
  ...(isa ? avx2 : {}),
});

/** Our trainer on one engine, in a process of its own. */
export function ownProgram(engine: EngineName, task: SideTask, isa: BenchOptions['isa']): SideProgram {
  return {
    name: engine,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', program('./own-side.ts'), JSON.stringify({ engine, task })],
    environment: environment(isa),
  };
}

export interface PeerSettings {
  tuned: boolean;
  /** Whether it first tries out what is fastest for it; that trains its network, so not where accuracy counts. */
  choose: boolean;
  isa: BenchOptions['isa'];
}

/** The same in PyTorch. `python`: one that can import torch. */
export function peerProgram(python: string, task: SideTask, { tuned, choose, isa }: PeerSettings): SideProgram {
  const { files } = locateMnist();
  const mnist = Object.fromEntries(Object.entries(files).map(([role, { path }]) => [role, path]));
  return {
    name: tuned ? tunedName : peerName,
    command: python,
    args: [program('../peer/peer.py'), JSON.stringify({ ...task, mnist, tuned, choose })],
    // No compiled copies beside the sources.
    environment: { ...environment(isa), PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/**
 * Starts all sides of a comparison, one after another, hands them over, and ends them whatever happens.
 * @throws Error if their networks have different numbers of parameters: then they are not the same networks
 */
export async function withSides<T>(programs: readonly SideProgram[], use: (sides: Side[]) => Promise<T>): Promise<T> {
  const sides: Side[] = [];
  try {
    for (const each of programs) sides.push(await Side.start(each));
    const [first, ...others] = sides;
    for (const { name, ready } of others) {
      if (ready.parameters === first?.ready.parameters) continue;
      throw new Error(`${name} has ${ready.parameters} parameters, ${first?.name} ${first?.ready.parameters}`);
    }
    return await use(sides);
  } finally {
    for (const side of sides) await side.close();
  }
}
