import { join } from 'node:path';
import { UserError } from '../../../../contract/errors.ts';
import type { Launcher } from '../../../../processes/launcher.ts';
import { entryModule } from '../../../../files/places.ts';
import { bindingName } from './compile.ts';
import { type Finished, lastLines, runToEnd } from './tools.ts';

/** Milliseconds. CUDA compiles its kernels for a GPU that it has not seen. */
const patience = 180_000;

/**
 * Computes something with what was built, in a process of its own.
 * @param kernels path of our own kernels, or null: without
 * @param launcher starts the process; undefined: as a child process of Node
 * @throws UserError `engine.does-not-run`
 */
export async function tryOutIn(
  folder: string,
  environment: NodeJS.ProcessEnv,
  kernels: string | null,
  launcher: Launcher | undefined,
): Promise<void> {
  const entry = entryModule('training/engines/tensorflow/install/smoke');
  const args = [join(folder, bindingName), ...(kernels === null ? [] : [kernels])];
  const env = { ...environment, TF_CPP_MIN_LOG_LEVEL: '2' };
  const words = ['--disable-warning=ExperimentalWarning', entry, ...args];
  const { code, stdout, stderr } = launcher
    ? await launchToEnd(launcher, entry, args, env)
    : await runToEnd(process.execPath, words, { env, timeoutMs: patience });
  if (code === 0) return;
  throw new UserError({
    code: 'engine.does-not-run',
    what: `TensorFlow does not run on this machine: ${lastLines(stderr || stdout) || 'it crashed (a processor without AVX?)'}`,
    where: folder,
    remedy: 'Nothing needs to be done: the wasm engine works everywhere.',
    cause: stderr,
  });
}

function launchToEnd(
  launcher: Launcher,
  entry: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Finished> {
  return new Promise((resolve) => {
    let output = '';
    const child = launcher.launch(
      { entry, args, environment, heapLimit: null },
      {
        message: () => undefined,
        output: (text) => {
          output += text;
        },
        exit: ({ code }) => {
          clearTimeout(timer);
          resolve({ code, stdout: output, stderr: '' });
        },
      },
    );
    const timer = setTimeout(() => child.kill(), patience);
  });
}
