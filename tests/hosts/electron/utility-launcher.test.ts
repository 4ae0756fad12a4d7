import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Exit, Launcher } from '../../../main/processes/launcher.ts';
import { checkEngine } from '../../../main/training/engines/choice/check-engine.ts';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import { ElectronStandIn } from './stand-in.ts';

/** The built launcher on real processes, whose line to their parent is as in a utility process of Electron. */
let program: BuiltProgram;
let launcher: Launcher;
const electron = new ElectronStandIn();
const entry = join(import.meta.dirname, 'utility-worker.ts');

beforeAll(async () => {
  program = await buildProgram();
  const { UtilityLauncher } = program.loadMain('hosts/electron/utility-launcher', electron) as {
    UtilityLauncher: new (environment: NodeJS.ProcessEnv) => Launcher;
  };
  launcher = new UtilityLauncher({ ...process.env, BOUNDARY_TRIAL: 'ours', BOUNDARY_NOTHING: undefined });
});
afterAll(() => program.remove());

function launch(options: { args?: string[]; heapLimit?: number } = {}) {
  const messages: unknown[] = [];
  let output = '';
  const ended = Promise.withResolvers<Exit & { messages: number }>();
  const worker = launcher.launch(
    { entry, heapLimit: null, ...options },
    {
      message: (message) => messages.push(message),
      output: (text) => {
        output += text;
      },
      exit: (exit) => ended.resolve({ ...exit, messages: messages.length }),
    },
  );
  return { worker, messages, ended: ended.promise, output: () => output };
}

test('a worker gets its words, variables and heap, and messages go both ways', async () => {
  const { worker, messages, ended, output } = launch({ args: ['wasm'], heapLimit: 300 * 2 ** 20 });
  await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 120_000 });
  expect(messages[0]).toMatchObject({
    words: ['wasm'],
    variable: 'ours',
    old: expect.arrayContaining(['--max-old-space-size=300']),
  });
  worker.send({ hello: 1 });
  await vi.waitFor(() => expect(messages[1]).toEqual({ got: { hello: 1 } }), { timeout: 120_000 });
  worker.kill();
  expect(await ended).toMatchObject({ messages: 2 });
  expect(output()).toContain('said on stdout');
  // Nobody hears that any more; it must not throw.
  worker.send({ hello: 2 });
  worker.kill();
});

test('who leaves has said everything: its end is told after its last message', async () => {
  const { worker, messages, ended } = launch();
  await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 120_000 });
  worker.send({ last: true });
  expect(await ended).toEqual({ code: 7, signal: null, messages: 501 });
  expect(messages.at(-1)).toMatchObject({ k: 499 });
});

test('a worker that is killed before it has begun ends all the same', async () => {
  const { worker, ended } = launch();
  expect(worker.pid).toBeUndefined();
  worker.kill();
  expect((await ended).code).not.toBe(0);
});

test('engines are tried in utility processes as well', async () => {
  const built = join(program.folder, 'main', 'training', 'self-check', 'check-process.js');
  expect(await checkEngine('wasm', { launcher, entry: built })).toMatchObject({ name: 'wasm', state: 'passed' });
  expect(electron.utilities.started.at(-1)).toMatchObject({ modulePath: built, args: ['wasm'] });
});
