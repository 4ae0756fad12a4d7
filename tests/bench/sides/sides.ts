import { fileURLToPath } from 'node:url';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { oneThread } from '../peer/peer.ts';
import type { BenchOptions } from '../options.ts';
import type { SideTask } from './protocol.ts';
import { Side, type SideProgram } from './side.ts';

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
