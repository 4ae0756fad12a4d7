import type { EngineName } from '../contract/run.ts';
import { installTensorflow } from '../training/engines/tensorflow/install/install.ts';
import type { InstallOutcome } from '../training/engines/tensorflow/install/install.ts';
import { variants } from '../training/engines/tensorflow/install/release.ts';
import { reportLines } from '../training/engines/tensorflow/install/report.ts';
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

/**
 * Installs TensorFlow for this machine and user: `cpu`, or `cuda`. What is there is read whole, and replaced if it is damaged.
 * @param onLine gets what it is doing, line by line
 */
export async function installEngine(variant: string, onLine: (line: string) => void): Promise<InstallOutcome> {
  const known = variants.find((name) => name === variant);
  if (!known) return { installed: false, reason: `there is no variant "${variant}": choose ${variants.join(' or ')}.` };
  return installTensorflow({ variant: known, fullCheck: true, report: reportLines(onLine) });
}
