import type { EngineName } from '../../contract/run.ts';
import type { Engine } from './engine.ts';
import { locateTensorflow } from './tensorflow/locate.ts';

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
  const note = absent ? tensorflow.absent : `TensorFlow ${tensorflow.tensorflow} (${tensorflow.variant})`;
  return [
    { name: 'tensorflow', available: !absent, note },
    { name: 'webgpu', available: null, note: 'whether there is a GPU for it shows when it is tried' },
    { name: 'wasm', available: true, note: 'embedded' },
  ];
}

/** The first engine that can surely be opened. The fastest one that computes right: `engine-choice`. */
export function preferredEngine(): EngineName {
  return engineStatuses().find((status) => status.available)?.name ?? 'wasm';
}

/**
 * Loads an engine, once a process: its backend is global to tfjs.
 * @param options.threads of the CPU, for engines that can use more than one. Results may depend on it in the last bits.
 * @throws UserError `engine.absent` or `engine.broken`.
 */
export async function openEngine(name: EngineName, { threads = 1 }: { threads?: number } = {}): Promise<Engine> {
  if (name === 'tensorflow') return (await import('./tensorflow/engine.ts')).openTensorflow(threads);
  if (name === 'webgpu') return (await import('./webgpu/engine.ts')).openWebgpu();
  return (await import('./wasm/engine.ts')).openWasm();
}
