import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { outsideArchive, productFolder } from '../../../files/places.ts';

/**
 * Our own kernels for TensorFlow (native/): C++ that is compiled for the processor at hand when the engine is installed,
 * and put into the installation's folder. The engine works without them, slower.
 */
export const kernelSources = outsideArchive(
  join(productFolder(), 'main', 'training', 'engines', 'tensorflow', 'native'),
);

type Environment = Record<string, string | undefined>;

/**
 * No sums in another order and no shortcuts around NaN; but products and sums may be fused. BOUNDARY_MARCH names another
 * processor to compile for, so that benchmarks can do without instructions that this one has.
 */
export function kernelFlags({ BOUNDARY_MARCH: processor = 'native' }: Environment): string[] {
  return ['-std=c++17', '-O3', `-march=${processor}`, '-fno-math-errno', '-fno-trapping-math'];
}

/** Where an installation keeps the kernels for this processor, or one line on why they could not be made. */
export interface KernelFiles {
  library: string;
  failure: string;
}

/**
 * Named by all that decides what is in them, so that nothing else is ever taken for them, and several checkouts of this
 * product and several machines can share an installation.
 */
export function kernelFiles(folder: string, environment: Environment = process.env): KernelFiles {
  const hash = createHash('sha256').update(JSON.stringify([kernelFlags(environment), processor()]));
  for (const name of readdirSync(kernelSources).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(kernelSources, name)));
  }
  const path = join(folder, `kernels-${hash.digest('hex').slice(0, 16)}`);
  return { library: `${path}.node`, failure: `${path}.txt` };
}

/** The kernels in an installation's folder, or in one line why there are none. */
export function locateKernels(
  folder: string,
  environment: Environment = process.env,
): { path: string } | { absent: string } {
  const { library, failure } = kernelFiles(folder, environment);
  if (existsSync(library)) return { path: library };
  return { absent: existsSync(failure) ? readFileSync(failure, 'utf8').trim() : 'not compiled for this processor yet' };
}

/** What `-march=native` looks at. */
function processor(): string[] {
  const known = [process.arch, cpus()[0]?.model ?? ''];
  if (!existsSync('/proc/cpuinfo')) return known;
  const features = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  return [...known, features];
}
