import { expect, test } from 'vitest';
import { boundary } from '../../services/study/command-line.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('engines are tried once, and the command line and the doctor tell how they did', async () => {
  const environment = { BOUNDARY_CACHE: temporaryFolder(), BOUNDARY_ENGINE: 'auto' };
  const run = (...words: string[]) => boundary(words, environment);
  const untried = await run('engine');
  expect(untried).toMatchObject({ code: 0, stderr: '' });
  expect(untried.stdout).toMatch(/^wasm\n/);

  const first = await run('engine', 'check', '--if-needed');
  expect(first, first.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Engine: .+ \(\d+\.\d s\)\n$/) });
  expect(await run('engine', 'check', '--if-needed')).toMatchObject({ code: 0, stdout: '' });

  const { stdout } = await run('doctor', '--json');
  const { engines }: { engines: { name: string; trial: object | null }[] } = JSON.parse(stdout);
  expect(engines.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'wasm']);
  expect(engines.at(-1)?.trial).toMatchObject({ selfCheck: 'passed', reason: null, speedOverWasm: 1 });

  const again = await run('engine', 'check');
  expect(again.stdout).toMatch(/^wasm\b.* works +1\.0x wasm/m);
  expect(again.stdout.match(/\(chosen\)/g)).toHaveLength(1);
});
