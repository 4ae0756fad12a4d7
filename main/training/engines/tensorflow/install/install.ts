import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../../../../contract/wire/errors.ts';
import type { Launcher } from '../../../../processes/launcher.ts';
import { removeBelow } from '../../../../files/below.ts';
import { fileError } from '../../../../files/file-errors.ts';
import { acquireLock } from '../../../../files/lock.mjs';
import { tensorflowFolder } from '../locate.ts';
import { bindingName, buildKernels, compileBinding, hasKernels, tfjsVersion } from './compile.ts';
import { fetchCompanions, fetchWheel } from './download.ts';
import { damagedFiles, missingFiles, readManifest, writeManifest } from './manifest.ts';
import { releaseFor, tensorflowVersion } from './release.ts';
import type { Release, Variant } from './release.ts';
import { megabytes, runStep } from './report.ts';
import type { Report } from './report.ts';
import { findCompiler, findTools } from './tools.ts';
import type { Tools } from './tools.ts';
import { tryOutIn } from './try-out.ts';
import { unpackWheel } from './wheel.ts';

export interface InstallRequest {
  variant?: Variant;
  report?: Report;
  /** Verify the hashes of all files, and replace a damaged installation. Otherwise only names and sizes are checked. */
  fullCheck?: boolean;
  environment?: NodeJS.ProcessEnv;
  /** Overrides the build for this machine and variant. */
  release?: Release;
  /** Tries out what was built, before it gets its place, with our own kernels or without; throws if it does not work. */
  tryOut?: (folder: string, environment: NodeJS.ProcessEnv, kernels: string | null) => Promise<void>;
  /** How the process is started that tries it out. Default: as a child process of Node. */
  launcher?: Launcher | undefined;
}

/** `reason`: why TensorFlow is not installed and what would help, in one line; the wasm engine works without it. */
export type InstallOutcome = { installed: true; folder: string } | { installed: false; reason: string };

const building = '.building-';
const downloads = 'downloads';

/**
 * Installs TensorFlow for this user, once per machine, into `<cache>/tensorflow/<version>-<variant>`; returns at once if
 * it is installed. The installation is atomic: it is built in another folder, tested in a process of its own, and renamed.
 * Concurrent installers wait for one another; leftovers of killed ones are removed. Interrupted downloads are resumed.
 */
export async function installTensorflow(request: InstallRequest = {}): Promise<InstallOutcome> {
  const {
    variant = 'cpu',
    report = () => {},
    fullCheck = false,
    environment = process.env,
    launcher,
    tryOut = (built, variables, kernels) => tryOutIn(built, variables, kernels, launcher),
  } = request;
  const home = tensorflowFolder(environment);
  try {
    const release = request.release ?? releaseFor(variant);
    const folder = join(home, release.id);
    if (await isComplete(folder, environment, fullCheck)) return { installed: true, folder };
    // TensorFlow cannot be installed without tools; our own kernels are optional.
    const tools = (await isUsable(folder, fullCheck)) ? null : await findTools(environment);
    const lock = await acquireLock(join(home, 'install.lock'), {
      onWait: () => report({ type: 'note', text: 'Waiting for another installation of TensorFlow.' }),
    });
    try {
      if (tools && !(await isUsable(folder, fullCheck))) {
        await removeLeftovers(home);
        await install({ release, home, folder, tools, report, environment, tryOut });
      }
      if (await isComplete(folder, environment, fullCheck)) return { installed: true, folder };
      const compiler = findCompiler(environment);
      const tryKernels = (path: string): Promise<void> => tryOut(folder, environment, path);
      await buildKernels({ folder, compiler, environment, report, tryOut: tryKernels });
    } finally {
      lock.release();
    }
    return { installed: true, folder };
  } catch (error) {
    return { installed: false, reason: oneLine(fileError(error, home)) };
  }
}

/** With our own kernels, or with a record that they cannot be built; a full check tries again. */
async function isComplete(folder: string, environment: NodeJS.ProcessEnv, fullCheck: boolean): Promise<boolean> {
  return (await isUsable(folder, fullCheck)) && hasKernels(folder, environment, { failed: !fullCheck });
}

async function isUsable(folder: string, fullCheck: boolean): Promise<boolean> {
  const manifest = readManifest(folder);
  if (!manifest || !isInstalled(folder)) return false;
  return !fullCheck || (await damagedFiles(folder, manifest)).length === 0;
}

/** Whether a folder contains a complete installation for this version of the product, by names and sizes only. */
export function isInstalled(folder: string): boolean {
  const manifest = readManifest(folder);
  if (!manifest || manifest.tfjs !== tfjsVersion() || manifest.arch !== process.arch) return false;
  return missingFiles(folder, manifest).length === 0;
}

interface Work {
  release: Release;
  home: string;
  folder: string;
  tools: Tools;
  report: Report;
  environment: NodeJS.ProcessEnv;
  tryOut: NonNullable<InstallRequest['tryOut']>;
}

async function install(work: Work): Promise<void> {
  const { release, home, folder, report } = work;
  checkDisk(home, release.diskBytes);
  const target = join(home, `${building}${randomUUID()}`);
  mkdirSync(target);
  try {
    const files = await unpackAll(work, target);
    await runStep(report, 'Compiling the binding', () => compileBinding(target, work.tools.compiler, work.environment));
    await runStep(report, 'Testing it', () => work.tryOut(target, work.environment, null));
    const about = { id: release.id, tensorflow: tensorflowVersion, variant: release.variant, tfjs: tfjsVersion() };
    await writeManifest(target, [bindingName, ...files], { ...about, createdAt: new Date().toISOString() });
    await replaceFolder(home, folder, target);
    await removeBelow(home, join(home, downloads));
  } finally {
    await removeBelow(home, target);
  }
}

/** Downloads and unpacks; returns the files by their names in the installation. */
async function unpackAll(work: Work, target: string): Promise<string[]> {
  const { release, home, report } = work;
  const request = { ...work, folder: join(home, downloads) };
  const size = megabytes(release.wheel.bytes);
  const wheel = await runStep(
    report,
    `Downloading TensorFlow ${tensorflowVersion} (${release.variant}, ${size})`,
    (progress) => fetchWheel({ ...request, progress }),
  );
  const libraries =
    release.companions.length === 0
      ? []
      : await runStep(report, "Downloading CUDA's libraries", (progress) => fetchCompanions({ ...request, progress }));
  const files = await runStep(report, 'Unpacking', async (progress) => {
    let bytes = 0;
    const count = (more: number): void => {
      bytes += more;
      progress(megabytes(bytes));
    };
    const unpacked: string[] = [];
    for (const path of [wheel, ...libraries]) unpacked.push(...(await unpackWheel(path, target, installedPath, count)));
    return unpacked;
  });
  return files;
}

/** TensorFlow's C API, and what its headers include. */
const headers =
  /^tensorflow\/include\/((tensorflow|xla\/tsl)\/c|(tensorflow\/core|tsl)\/platform|tensorflow\/core\/common_runtime\/next_pluggable_device\/c)\/.*\.h$/;

/** Selects TensorFlow's two libraries and the headers of its C API, and the libraries and programs of CUDA's packages. */
export function installedPath(member: string): string | undefined {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(member)) return member.replace(/^tensorflow/, 'lib');
  if (headers.test(member)) return member.replace(/^tensorflow\//, '');
  return /^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(member) ? member : undefined;
}

/** @throws UserError `engine.disk` if the disk has not enough room */
export function checkDisk(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new UserError(
    'engine.disk',
    `The installation needs ${(needed / 1e9).toFixed(1)} GB of disk space, ${(free / 1e9).toFixed(1)} GB are free`,
    folder,
    'Free some space, or set BOUNDARY_CACHE to a folder on another disk.',
  );
}

/** Puts a finished folder in its place; processes that use the old files keep them. */
async function replaceFolder(home: string, folder: string, finished: string): Promise<void> {
  const old = `${finished}-old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(finished, folder);
  await removeBelow(home, old);
}

/** Called under the lock, so no other installer uses these folders. */
async function removeLeftovers(home: string): Promise<void> {
  for (const name of readdirSync(home).filter((entry) => entry.startsWith(building)))
    await removeBelow(home, join(home, name));
}

function oneLine(error: unknown): string {
  if (error instanceof UserError) {
    const place = error.code.startsWith('file.') ? ` (${error.where})` : '';
    return `${error.message}${place}. ${error.remedy}`;
  }
  return messageOf(error);
}
