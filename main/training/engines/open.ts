import { type EngineName, engineNames } from '../../contract/runs/run.ts';
import type { Engine } from './engine.ts';
import type { TensorflowOptions } from './tensorflow/engine.ts';
import { type InstalledTensorflow, locateKernels, locateTensorflow } from './tensorflow/locate.ts';

/** Whether an engine can be opened on this machine. */
interface EngineStatus {
  name: EngineName;
  /** Null if only opening it can tell. */
  available: boolean | null;
  /** Version and variant, or why it is absent, in one line. */
  note: string;
}

/** All engines, in order of preference before any check. Loads none of them. */
export function engineStatuses(environment: NodeJS.ProcessEnv = process.env): EngineStatus[] {
  const tensorflow = locateTensorflow(environment);
  const absent = 'absent' in tensorflow;
  const note = absent ? tensorflow.absent : describe(tensorflow);
  return [
    { name: 'tensorflow', available: !absent, note },
    { name: 'webgpu', available: null, note: 'checking it shows whether a GPU is available' },
    { name: 'wasm', available: true, note: 'embedded' },
  ];
}

function describe({ folder, tensorflow, variant }: InstalledTensorflow): string {
  const kernels = locateKernels(folder);
  const without = 'absent' in kernels ? `, without our own kernels: ${kernels.absent}` : '';
  return `TensorFlow ${tensorflow} (${variant}${without})`;
}

/** The first engine that can certainly be opened. `choice` finds the fastest one with correct results. */
export function preferredEngine(): EngineName {
  return engineStatuses().find((status) => status.available)?.name ?? 'wasm';
}

/** Loads an engine, once per process: tfjs has one backend. @throws UserError `engine.absent`, `engine.broken` */
export async function openEngine(name: EngineName, options: Partial<TensorflowOptions> = {}): Promise<Engine> {
  const { threads = 1, ownKernels = true } = options;
  if (name === 'tensorflow') return (await import('./tensorflow/engine.ts')).openTensorflow({ threads, ownKernels });
  if (name === 'webgpu') return (await import('./webgpu/engine.ts')).openWebgpu();
  return (await import('./wasm/engine.ts')).openWasm();
}

/** `openEngine` by a word of the command line. @throws Error for one that names no engine */
export function openNamed(word: string, options?: Partial<TensorflowOptions>): Promise<Engine> {
  const name = engineNames.find((known) => known === word);
  if (!name) throw new Error(`there is no engine ${word}`);
  return openEngine(name, options);
}
