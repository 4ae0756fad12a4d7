import { join } from 'node:path';
import { UserError } from '../../../../contract/wire/errors.ts';
import { entryModule } from '../../../../files/places.ts';
import { AwakeTimer } from '../../../../processes/awake-timer.ts';
import { Child } from '../../../../processes/child.ts';
import { ForkLauncher, type Launcher } from '../../../../processes/launcher.ts';
import { bindingName } from './compile.ts';
import { lastLines } from './tools.ts';

/** Milliseconds. CUDA compiles its kernels when it first uses a GPU. */
const timeLimit = 180_000;

/**
 * Tests a built TensorFlow by a small computation in a process of its own.
 * @param kernels path of our own kernels, or null to run without them
 * @param launcher starts the process; undefined: a child process of Node @throws UserError `engine.does-not-run`
 */
export async function tryOutIn(
  folder: string,
  environment: NodeJS.ProcessEnv,
  kernels: string | null,
  launcher: Launcher | undefined,
): Promise<void> {
  const child = new Child(
    launcher ?? new ForkLauncher(environment, { detached: false }),
    {
      entry: entryModule('training/engines/tensorflow/install/smoke'),
      args: [join(folder, bindingName), ...(kernels === null ? [] : [kernels])],
      environment: { ...environment, TF_CPP_MIN_LOG_LEVEL: '2' },
    },
    { message: () => undefined },
  );
  const timer = new AwakeTimer(timeLimit, () => child.kill(`did not end within ${timeLimit / 1000} s`));
  const { code } = await child.exited;
  timer.clear();
  if (code === 0) return;
  throw new UserError(
    'engine.does-not-run',
    `TensorFlow does not run on this machine: ${lastLines(child.output) || 'it crashed (a processor without AVX?)'}`,
    folder,
    'Nothing needs to be done: the wasm engine works everywhere.',
    { cause: child.output },
  );
}
