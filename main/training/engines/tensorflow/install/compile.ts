import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf, UserError } from '../../../../contract/wire/errors.ts';
import { writeFileAtomic } from '../../../../files/atomic.ts';
import { outsideArchive } from '../../../../files/places.ts';
import { kernelFiles, kernelFlags, kernelSources } from '../locate.ts';
import { type Report, runStep } from './report.ts';
import { lastLines, runToEnd } from './tools.ts';

const resolve = createRequire(import.meta.url).resolve;

/** The folder of the installed tfjs-node-gpu. */
function tfjsFolder(): string {
  return outsideArchive(dirname(resolve('@tensorflow/tfjs-node-gpu/package.json')));
}

/** Version of the installed tfjs-node-gpu. */
export function tfjsVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(tfjsFolder(), 'package.json'), 'utf8'));
  return version;
}

export const bindingName = 'tfjs_binding.node';

/**
 * Compiles tfjs-node's binding against TensorFlow's C API. It finds the libraries in `lib/` next to it (by RUNPATH, so
 * that LD_LIBRARY_PATH can select another build), and works in both Node and Electron (N-API 8).
 * @param folder holds `include/` and `lib/`; gets the binding @throws UserError `engine.compile`
 */
export async function compileBinding(folder: string, compiler: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const tfjs = tfjsFolder();
  const sources = readdirSync(join(tfjs, 'binding')).filter((name) => name.endsWith('.cc'));
  const words = [
    ...['-std=c++17', '-O2', '-w', '-DBUILDING_NODE_EXTENSION', `-I${tfjs}`, `-I${dirname(tfjs)}`],
    ...libraryOptions(folder),
    ...sources.map((name) => join(tfjs, 'binding', name)),
    ...['-o', join(folder, bindingName), ...linkOptions(folder)],
  ];
  const answer = await runToEnd(compiler, words, { env: environment });
  if (answer.code === 0) return;
  throw new UserError(
    'engine.compile',
    `the binding could not be compiled: ${firstError(answer.stderr)}`,
    compiler,
    'Install g++ 9 or newer with its standard library.',
    { cause: answer.stderr },
  );
}

/** The first error in a compiler's output. */
function firstError(output: string): string {
  return output.split('\n').find((line) => /error/i.test(line)) ?? lastLines(output, 1);
}

interface KernelBuild {
  /** An installation: holds `include/` and `lib/`; gets the kernels. */
  folder: string;
  /** Path of the compiler; undefined if there is none. */
  compiler: string | undefined;
  environment: NodeJS.ProcessEnv;
  report: Report;
  /** Tries out what was compiled at this path; throws if it does not work. */
  tryOut: (path: string) => Promise<void>;
}

/** Whether kernels for this processor exist; with `failed` also whether an earlier attempt to build them failed. */
export function hasKernels(folder: string, environment: NodeJS.ProcessEnv, { failed }: { failed: boolean }): boolean {
  const { library, failure } = kernelFiles(folder, environment);
  return existsSync(library) || (failed && existsSync(failure));
}

/** Compiles, tests and adds our own kernels for this processor. The engine works without them: failures are stored. */
export async function buildKernels(build: KernelBuild): Promise<void> {
  const { folder, environment, report } = build;
  const { library, failure } = kernelFiles(folder, environment);
  removeLeftovers(folder);
  // Node loads libraries only from files with this extension.
  const temporary = `${library}.${process.pid}.node`;
  const wrong = await runStep(
    report,
    'Compiling our kernels for this processor',
    () => compileAndTry(temporary, build),
    (wrong) => (wrong === null ? 'done' : 'not possible'),
  );
  rmSync(failure, { force: true });
  if (wrong === null) return renameSync(temporary, library);
  rmSync(temporary, { force: true });
  writeFileAtomic(failure, `${wrong}\n`);
  report({ type: 'note', text: `TensorFlow runs without our own kernels, which is slower: ${wrong}.` });
}

/** Removes files of interrupted builds. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => /^kernels-\w+\.node\.\d+\.node$/.test(file))) {
    rmSync(join(folder, name), { force: true });
  }
}

/** @returns null, or what is wrong, in one line */
async function compileAndTry(
  to: string,
  { folder, compiler, environment, tryOut }: KernelBuild,
): Promise<string | null> {
  if (compiler === undefined) return 'the C++ compiler g++ is missing';
  const { code, stderr } = await runToEnd(compiler, compilerArguments(to, folder, environment), { env: environment });
  if (code !== 0) return `they could not be compiled (${firstError(stderr)})`;
  try {
    await tryOut(to);
    return null;
  } catch (error) {
    return `they do not work on this machine (${messageOf(error)})`;
  }
}

function compilerArguments(to: string, folder: string, environment: NodeJS.ProcessEnv): string[] {
  const sources = readdirSync(kernelSources).filter((name) => name.endsWith('.cc'));
  return [
    ...kernelFlags(environment),
    ...libraryOptions(folder),
    ...sources.map((name) => join(kernelSources, name)),
    ...['-o', to, ...linkOptions(folder)],
  ];
}

/** A native library that Node can load, with the headers of an installation of TensorFlow. */
const libraryOptions = (folder: string): string[] => [
  ...['-fPIC', '-shared', '-DNAPI_VERSION=8', `-I${join(folder, 'include')}`],
  `-I${outsideArchive(join(dirname(resolve('node-api-headers/package.json')), 'include'))}`,
];

/** With its libraries, which the result finds in `lib/` beside it. */
const linkOptions = (folder: string): string[] => [
  ...[`-L${join(folder, 'lib')}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
  ...['-Wl,-rpath,$ORIGIN/lib', '-Wl,--enable-new-dtags'],
];
