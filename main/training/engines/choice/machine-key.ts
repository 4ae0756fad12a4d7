import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../../domain/plans/identity.ts';
import { engineStatuses } from '../open.ts';
import { packageVersion } from '../tfjs.ts';

/** Folder of the engines' code. */
const engineCode = join(import.meta.dirname, '..');
const packages = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];
/** Variables that select devices and drivers. */
const variables = ['BOUNDARY_WEBGPU_SOFTWARE', 'CUDA_VISIBLE_DEVICES', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'];

/** The environment in which engines are checked: a preference for one of them must not hide the others. */
export function checkEnvironment({ BOUNDARY_ENGINE: _, ...environment }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return environment;
}

/**
 * A hash of everything that decides whether an engine works and how fast it is: the engines and their code, Node, the
 * processor, the graphics cards and their drivers. Reads files only and loads no engine, so it takes some milliseconds.
 * On systems without files about drivers (all but Linux), the system's version takes their place.
 * @param code the folder of the engines' code @throws Error if it has no files
 */
export function machineKey(environment: NodeJS.ProcessEnv = process.env, code = engineCode): string {
  const facts = {
    node: process.versions.node,
    system: [platform(), arch(), platform() === 'linux' ? '' : release()],
    cpu: cpus()[0]?.model ?? '',
    engines: engineStatuses(checkEnvironment(environment)).map(({ name, available, note }) => [name, available, note]),
    packages: packages.map(installedVersion),
    code: hashFolder(code),
    graphics: graphics(),
    variables: variables.map((name) => environment[name] ?? null),
  };
  return createHash('sha256').update(canonicalJson(facts)).digest('hex');
}

function installedVersion(name: string): string | null {
  try {
    return packageVersion(name);
  } catch {
    return null;
  }
}

/** Hash of all files below a folder. */
function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  const names = listNames(folder, true);
  if (names.length === 0) throw new Error(`${folder} has no files`);
  for (const name of names) {
    const path = join(folder, name);
    if (statSync(path).isFile()) hash.update(`${name}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Vendor and device numbers of the cards, NVIDIA's driver, and the Vulkan drivers with their dates. */
function graphics(): string[] {
  const drm = '/sys/class/drm';
  const cards = listNames(drm)
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => ['vendor', 'device'].map((part) => readText(join(drm, name, 'device', part))).join(' '));
  const vulkan = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap((folder) =>
    listNames(folder).map((name) => `${name} ${statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs}`),
  );
  return [...cards, ...vulkan, readText('/proc/driver/nvidia/version')];
}

/** Sorted; empty if the folder does not exist. */
function listNames(folder: string, recursive = false): string[] {
  try {
    return readdirSync(folder, { encoding: 'utf8', recursive }).sort();
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
