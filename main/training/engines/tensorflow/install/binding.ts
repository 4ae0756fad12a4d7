import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../../../contract/errors.ts';
import { outsideArchive } from '../../../../files/places.ts';
import { lastLines, runToEnd } from './process.ts';

const resolve = createRequire(import.meta.url).resolve;

/** The folder of the installed tfjs-node-gpu. */
export function tfjsFolder(): string {
  return outsideArchive(dirname(resolve('@tensorflow/tfjs-node-gpu/package.json')));
}

/** Version of the tfjs-node-gpu whose binding is compiled. */
export function tfjsVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(tfjsFolder(), 'package.json'), 'utf8'));
  return version;
}

export const bindingName = 'tfjs_binding.node';

/**
 * Compiles tfjs-node's binding against TensorFlow's C API. It finds the libraries in `lib/` beside it (RUNPATH, so that
 * LD_LIBRARY_PATH can choose another build), and serves Node and Electron alike (N-API 8).
 * @param folder holds `include/` and `lib/`; gets the binding
 * @throws UserError `engine.compile`
 */
export async function compileBinding(folder: string, compiler: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const tfjs = tfjsFolder();
  const sources = readdirSync(join(tfjs, 'binding')).filter((name) => name.endsWith('.cc'));
  const includes = [
    tfjs,
    dirname(tfjs),
    join(folder, 'include'),
    outsideArchive(join(dirname(resolve('node-api-headers/package.json')), 'include')),
  ];
  const answer = await runToEnd(
    compiler,
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
      ...includes.map((path) => `-I${path}`),
      ...sources.map((name) => join(tfjs, 'binding', name)),
      ...['-o', join(folder, bindingName), `-L${join(folder, 'lib')}`],
      ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      ...['-Wl,-rpath,$ORIGIN/lib', '-Wl,--enable-new-dtags'],
    ],
    { env: environment },
  );
  if (answer.code === 0) return;
  throw new UserError({
    code: 'engine.compile',
    what: `the binding could not be compiled: ${firstError(answer.stderr)}`,
    where: compiler,
    remedy: 'g++ 9 or newer with its standard library is needed.',
    cause: answer.stderr,
  });
}

/** The line of a compiler's output that says what is wrong. */
export function firstError(output: string): string {
  return output.split('\n').find((line) => /error/i.test(line)) ?? lastLines(output, 1);
}
