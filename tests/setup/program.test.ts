import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { skipsEngine } from '../../scripts/setup/engine.mjs';
import { npmCommand, npmEnvironment } from '../../scripts/setup/npm.mjs';
import { scratchFolder, write } from './scratch.ts';

const programModule = pathToFileURL(join(import.meta.dirname, '../../scripts/setup/program.mjs')).href;

/** Runs a program in our place, in a process of its own. */
function startBehind(body: string) {
  const script = write(join(scratchFolder(), 'program.mjs'), body);
  const source = `import { main, runProgram } from '${programModule}';
    await main(() => runProgram(process.execPath, [${JSON.stringify(script)}, 'a b', '--c']));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.on('data', (text) => (stdout += text));
  const end = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout }));
  return { child, end, output: () => stdout };
}

test('arguments, output and exit code go through', async () => {
  const { end } = startBehind('process.stdout.write(process.argv.slice(2).join("|")); process.exit(7);');
  expect(await end).toEqual({ code: 7, stdout: 'a b|--c' });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches the program, which decides how it ends',
  async (signal) => {
    const body = `process.on('${signal}', () => { process.stdout.write(' told'); process.exit(3); });
    process.stdout.write('ready'); setInterval(() => {}, 1000);`;
    const { child, end } = startBehind(body);
    child.stdout.once('data', () => child.kill(signal));
    expect(await end).toEqual({ code: 3, stdout: 'ready told' });
  },
);

test('a program that a signal ended shows in the exit code', async () => {
  expect((await startBehind(`process.kill(process.pid, 'SIGKILL')`).end).code).toBe(137);
});

test('the wasm engine is asked for by option or environment', () => {
  expect(skipsEngine(['study', 'run', 'quick'], {})).toBe(false);
  expect(skipsEngine(['study', 'run', '--engine', 'wasm'], {})).toBe(true);
  expect(skipsEngine(['study', 'run', '--engine=wasm'], {})).toBe(true);
  expect(skipsEngine(['study', 'run'], { BOUNDARY_ENGINE: 'wasm' })).toBe(true);
  expect(skipsEngine(['study', 'run', '--engine', 'tensorflow'], { BOUNDARY_ENGINE: 'wasm' })).toBe(false);
  expect(skipsEngine(['study', 'run', '--help'], {})).toBe(true);
});

test('npm is the one that started us, and keeps its cache where it can write', () => {
  const root = scratchFolder();
  const script = write(join(root, 'npm-cli.js'), '');
  expect(npmCommand({ npm_execpath: script })).toEqual([process.execPath, [script], false]);
  expect(npmCommand({ npm_execpath: join(root, 'yarn.js') })[1]).toEqual([]);
  expect(npmEnvironment(root, { npm_config_cache: join(root, 'new', 'cache') })).not.toHaveProperty(
    'npm_config_cache',
    join(root, '.cache', 'npm'),
  );
  const unwritable = join(script, 'below a file');
  expect(npmEnvironment(root, { npm_config_cache: unwritable }).npm_config_cache).toBe(join(root, '.cache', 'npm'));
});
