import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, outsideArchive, productFolder } from '../../../files/places.ts';

/** An installed TensorFlow: its folder holds `tfjs_binding.node` and `lib/`. */
export interface InstalledTensorflow {
  id: string;
  folder: string;
  /** Version of TensorFlow, e.g. `2.21.0`. */
  tensorflow: string;
  variant: 'cpu' | 'cuda';
}

type Environment = Record<string, string | undefined>;

/** The folder that contains one folder per installed TensorFlow. */
export function tensorflowFolder(environment: Environment = process.env): string {
  return join(cacheFolder(environment), 'tensorflow');
}

/** The best TensorFlow (CUDA before CPU, then the newest), or why there is none. `BOUNDARY_ENGINE=wasm` hides it. */
export function locateTensorflow(environment: Environment = process.env): InstalledTensorflow | { absent: string } {
  if (environment.BOUNDARY_ENGINE === 'wasm') return { absent: 'switched off by BOUNDARY_ENGINE=wasm' };
  if (process.platform !== 'linux')
    return { absent: `TensorFlow is offered on Linux only, this is ${process.platform}` };
  const folder = tensorflowFolder(environment);
  if (!existsSync(folder)) return { absent: 'not installed' };
  const found = readdirSync(folder)
    .map((id) => readInstallation(join(folder, id), id))
    .filter((installation) => installation !== undefined)
    .sort(preference);
  return found[0] ?? { absent: `no complete installation in ${folder}` };
}

/** The installation in a folder; undefined if it is incomplete. */
function readInstallation(folder: string, id: string): InstalledTensorflow | undefined {
  const manifest = readManifest(join(folder, 'manifest.json'));
  if (manifest?.id !== id || typeof manifest.tensorflow !== 'string') return undefined;
  const sizes = (manifest.sizes ?? {}) as Record<string, number>;
  if (!essentialFiles.every((file) => hasSize(join(folder, file), sizes[file]))) return undefined;
  const variant = manifest.variant === 'cuda' ? 'cuda' : 'cpu';
  return { id, folder, tensorflow: manifest.tensorflow, variant };
}

const essentialFiles = ['tfjs_binding.node', 'lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2'];

function hasSize(path: string, size: number | undefined): boolean {
  return existsSync(path) && (size === undefined || statSync(path).size === size);
}

function readManifest(path: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function preference(a: InstalledTensorflow, b: InstalledTensorflow): number {
  if (a.variant !== b.variant) return a.variant === 'cuda' ? -1 : 1;
  return b.tensorflow.localeCompare(a.tensorflow, 'en', { numeric: true });
}

/** Our own kernels: C++ compiled for this processor when the engine is installed. It works without them, but slower. */
export const kernelSources = outsideArchive(
  join(productFolder(), 'main', 'training', 'engines', 'tensorflow', 'native'),
);

/** Sums keep their order, but may be fused with products. BOUNDARY_MARCH: another processor to compile for. */
export function kernelFlags({ BOUNDARY_MARCH: processor = 'native' }: Environment): string[] {
  return ['-std=c++17', '-O3', `-march=${processor}`, '-fno-math-errno', '-fno-trapping-math'];
}

/** Paths of the kernels for this processor, and of a text file that says why they could not be built. */
interface KernelFiles {
  library: string;
  failure: string;
}

/** Named by a hash of all that decides their content, so that checkouts and machines can share an installation. */
export function kernelFiles(folder: string, environment: Environment = process.env): KernelFiles {
  const hash = createHash('sha256').update(JSON.stringify([kernelFlags(environment), processor()]));
  for (const name of readdirSync(kernelSources).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(kernelSources, name)));
  }
  const path = join(folder, `kernels-${hash.digest('hex').slice(0, 16)}`);
  return { library: `${path}.node`, failure: `${path}.txt` };
}

/** The kernels in an installation's folder, or why there are none, in one line. */
export function locateKernels(
  folder: string,
  environment: Environment = process.env,
): { path: string } | { absent: string } {
  const { library, failure } = kernelFiles(folder, environment);
  if (existsSync(library)) return { path: library };
  return { absent: existsSync(failure) ? readFileSync(failure, 'utf8').trim() : 'not compiled for this processor yet' };
}

/** The processor's properties that `-march=native` uses. */
function processor(): string[] {
  const known = [process.arch, cpus()[0]?.model ?? ''];
  if (!existsSync('/proc/cpuinfo')) return known;
  const features = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  return [...known, features];
}
