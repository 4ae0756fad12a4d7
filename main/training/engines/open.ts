import type { EngineName } from '../../contract/run.ts';
import type { Engine } from './engine.ts';
import type { TensorflowOptions } from './tensorflow/engine.ts';
import { type InstalledTensorflow, locateKernels, locateTensorflow } from './tensorflow/locate.ts';

/** Whether an engine can be opened on this machine; if not, why, in one line. */
export interface EngineStatus {
  name: EngineName;
  /** Null where only opening it tells. */
  available: boolean | null;
  /** Version and variant, or the reason of absence. */
  note: string;
}

/** All engines in the order in which they are preferred while nobody has tried them. Nothing is loaded. */
export function engineStatuses(environment: NodeJS.ProcessEnv = process.env): EngineStatus[] {
  const tensorflow = locateTensorflow(environment);
  const absent = 'absent' in tensorflow;
  const note = absent ? tensorflow.absent : describe(tensorflow);
  return [
    { name: 'tensorflow', available: !absent, note },
    { name: 'webgpu', available: null, note: 'whether there is a GPU for it shows when it is tried' },
    { name: 'wasm', available: true, note: 'embedded' },
  ];
}

function describe({ folder, tensorflow, variant }: InstalledTensorflow): string {
  const kernels = locateKernels(folder);
  const without = 'absent' in kernels ? `, without our own kernels: ${kernels.absent}` : '';
  return `TensorFlow ${tensorflow} (${variant}${without})`;
}

/** The first engine that can surely be opened. The fastest one that computes right: `engine-choice`. */
export function preferredEngine(): EngineName {
  return engineStatuses().find((status) => status.available)?.name ?? 'wasm';
}

/**
 * Loads an engine, once a process: its backend is global to tfjs.
 * @param options for TensorFlow. Results depend on them in the last bits.
 * @throws UserError `engine.absent` or `engine.broken`.
 */
export async function openEngine(name: EngineName, options: Partial<TensorflowOptions> = {}): Promise<Engine> {
  const { threads = 1, ownKernels = true } = options;
  if (name === 'tensorflow') return (await import('./tensorflow/engine.ts')).openTensorflow({ threads, ownKernels });
  if (name === 'webgpu') return (await import('./webgpu/engine.ts')).openWebgpu();
  return (await import('./wasm/engine.ts')).openWasm();
}
