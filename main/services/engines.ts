import type { EngineName } from '../contract/run.ts';
import { locateTensorflow } from '../training/engines/tensorflow/locate.ts';

/** Engines that can be used on this machine, the best one first, and why others cannot. */
export interface AvailableEngines {
  names: EngineName[];
  missing: Partial<Record<EngineName, string>>;
}

/** `wasm` comes with the product and always works; `tensorflow` has to be installed. */
export function availableEngines(): AvailableEngines {
  const tensorflow = locateTensorflow();
  if ('absent' in tensorflow) return { names: ['wasm'], missing: { tensorflow: tensorflow.absent } };
  return { names: ['tensorflow', 'wasm'], missing: {} };
}
