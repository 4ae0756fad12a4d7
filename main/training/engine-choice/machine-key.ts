import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../domain/identity.ts';
import { engineStatuses } from '../engines/open.ts';
import { packageVersion } from '../engines/tfjs.ts';

/** Where the code of the engines is. */
const engineCode = join(import.meta.dirname, '..', 'engines');
const packages = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];
/** Variables by which drivers and engines are told what to use. */
const variables = ['BOUNDARY_WEBGPU_SOFTWARE', 'CUDA_VISIBLE_DEVICES', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'];

/** The environment in which engines are tried: a wish for one of them must not hide the others. */
export function trialEnvironment({ BOUNDARY_ENGINE: _, ...environment }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return environment;
}

/**
 * A hash of all that decides whether an engine works and how fast: the engines and their code, Node, the processor, the
 * graphics cards and their drivers. Looks at files only, and loads no engine: some milliseconds. Where the system has no
 * files that tell of drivers (other than Linux), its own version stands for them.
 */
export function machineKey(environment: NodeJS.ProcessEnv = process.env): string {
  const facts = {
    node: process.versions.node,
    system: [platform(), arch(), platform() === 'linux' ? '' : release()],
    cpu: cpus()[0]?.model ?? '',
    engines: engineStatuses(trialEnvironment(environment)).map(({ name, available, note }) => [name, available, note]),
    packages: packages.map(versionOf),
    code: digestOf(engineCode),
    graphics: graphics(),
    variables: variables.map((name) => environment[name] ?? null),
  };
  return createHash('sha256').update(canonicalJson(facts)).digest('hex');
}

function versionOf(name: string): string | null {
  try {
    return packageVersion(name);
  } catch {
    return null;
  }
}

/** Hash of all files below a folder. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of namesIn(folder, true)) {
    const path = join(folder, name);
    if (statSync(path).isFile()) hash.update(`${name}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Cards by their vendor and device numbers, NVIDIA's driver, and the Vulkan drivers with their dates. */
function graphics(): string[] {
  const drm = '/sys/class/drm';
  const cards = namesIn(drm)
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => ['vendor', 'device'].map((part) => textOf(join(drm, name, 'device', part))).join(' '));
  const vulkan = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap((folder) =>
    namesIn(folder).map((name) => `${name} ${statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs}`),
  );
  return [...cards, ...vulkan, textOf('/proc/driver/nvidia/version')];
}

/** Sorted; none where there is no such folder. */
function namesIn(folder: string, recursive = false): string[] {
  try {
    return readdirSync(folder, { encoding: 'utf8', recursive }).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
