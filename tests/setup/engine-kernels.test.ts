import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { installTensorflow } from '../../main/training/engines/tensorflow/install/install.ts';
import { kernelFiles, locateKernels } from '../../main/training/engines/tensorflow/locate.ts';
import { fakeCompiler, machine } from './pretended-machine.ts';
import { program } from './scratch.ts';

/** A compiler that does the binding, and our kernels only as told. */
const compiler = (kernels: string): string => `
  if (args.includes('-march=native')) { ${kernels} }
  ${fakeCompiler}
`;
const refuses = "console.error('gelu.cc:7: error: no vectors here'); process.exit(1);";

const notesOf = ({ events }: ReturnType<typeof machine>): string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
const kernelsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('kernels-'));

test('they are compiled from our sources for this processor, tested, and found by the engine', async () => {
  const tried: (string | null)[] = [];
  const here = machine();
  await installTensorflow({
    ...here.request,
    tryOut: async (_folder, _environment, kernels) => void tried.push(kernels),
  });
  const { library } = kernelFiles(here.target);
  expect(locateKernels(here.target)).toEqual({ path: library });
  expect(tried).toEqual([null, expect.stringContaining(library)]);
  expect(notesOf(here)).toEqual([]);
});

test.each<[string, string, ((kernels: string | null) => void) | undefined, RegExp]>([
  [
    'a compiler that refuses them',
    compiler(refuses),
    undefined,
    /could not be compiled \(gelu.cc:7: error: no vectors here\)/,
  ],
  [
    'a processor on which they crash',
    fakeCompiler,
    (kernels) => {
      if (kernels !== null) throw new Error('Illegal instruction');
    },
    /they do not work on this machine \(Illegal instruction\)/,
  ],
])('%s: TensorFlow is installed without, and that is said once', async (_, program, tryOut, reason) => {
  const here = machine({ compiler: program });
  const request = {
    ...here.request,
    tryOut: async (_f: string, _e: unknown, kernels: string | null) => tryOut?.(kernels),
  };
  expect(await installTensorflow(request)).toEqual({ installed: true, folder: here.target });
  expect(locateKernels(here.target)).toEqual({ absent: expect.stringMatching(reason) });
  expect(kernelsIn(here.target)).toEqual([basename(kernelFiles(here.target).failure)]);
  expect(notesOf(here)).toEqual([expect.stringMatching(reason)]);
  expect(await installTensorflow(request)).toEqual({ installed: true, folder: here.target });
  expect(notesOf(here)).toHaveLength(1);
});

test('a repeated check on request checks them again', async () => {
  const here = machine({ compiler: compiler(refuses) });
  await installTensorflow(here.request);
  program(join(here.folder, 'bin', 'g++'), fakeCompiler);
  await installTensorflow({ ...here.request, fullCheck: true });
  expect(locateKernels(here.target)).toEqual({ path: kernelFiles(here.target).library });
  expect(existsSync(kernelFiles(here.target).failure)).toBe(false);
});

test('they need no download, are built for another processor as well, and leftovers of builds are removed', async () => {
  const here = machine();
  await installTensorflow(here.request);
  const calls = here.calls().length;
  const { library } = kernelFiles(here.target);
  const left = `${basename(library)}.77.node`;
  writeFileSync(join(here.target, left), '');
  const environment = { ...here.request.environment, BOUNDARY_MARCH: 'x86-64-v3' };
  expect(await installTensorflow({ ...here.request, environment })).toEqual({ installed: true, folder: here.target });
  const other = kernelFiles(here.target, environment).library;
  expect(kernelsIn(here.target).sort()).toEqual([basename(library), basename(other)].sort());
  expect(locateKernels(here.target, environment)).toEqual({ path: other });
  expect(here.calls()).toHaveLength(calls);
});

test('without a compiler an existing installation stays in use', async () => {
  const here = machine();
  await installTensorflow(here.request);
  rmSync(kernelFiles(here.target).library);
  rmSync(join(here.folder, 'bin', 'g++'));
  expect(await installTensorflow(here.request)).toEqual({ installed: true, folder: here.target });
  expect(notesOf(here).at(-1)).toContain('the C++ compiler g++ is missing');
});
