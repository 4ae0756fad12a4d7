import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagingProblem } from '../../scripts/packaging.mjs';
import { readStartOptions } from '../../scripts/start-options.mjs';
import { repository } from '../architecture/tools.ts';
import { scratchFolder } from './scratch.ts';

const script = join(repository, 'scripts', 'start.mjs');

/** `npm start -- ...` without its npm, on a machine without a display. */
function start(...words: string[]) {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment } = process.env;
  const child = spawn(process.execPath, [script, ...words], {
    env: { ...environment, BOUNDARY_ENGINE: 'wasm' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

test('without a window: says in one line why, serves the browser host, and prints its address, which works', async () => {
  const data = join(scratchFolder(), 'data');
  const started = start('--data', data, '--no-open');
  await expect.poll(started.stdout, { timeout: 170_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n/);
  expect(started.stderr().match(/^No window: .*$/gm)).toHaveLength(1);
  const address = /http:\S+/.exec(started.stdout())?.[0] ?? '';
  expect((await fetch(address, { redirect: 'manual' })).status).toBe(200);
  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
});

test('--host electron says why there is no window, and does nothing else', async () => {
  const started = start('--host', 'electron');
  expect(await started.ended).toBe(1);
  expect(started.stderr()).toMatch(/^No window: .+\n$/);
  expect(started.stdout()).toBe('');
});

test('options are parsed, or refused with the list of options', () => {
  expect(readStartOptions([])).toEqual({ host: undefined, help: false, dataFolder: undefined, browserArguments: [] });
  expect(readStartOptions(['--host', 'browser', '--data', '/d', '--port', '8000', '--no-open'])).toEqual({
    host: 'browser',
    help: false,
    dataFolder: '/d',
    browserArguments: ['--data', '/d', '--port', '8000', '--no-open'],
  });
  expect(() => readStartOptions(['--host', 'firefox'])).toThrow('--host: "firefox" is unknown');
  expect(() => readStartOptions(['--host', 'electron', '--port', '1'])).toThrow('a window has no port');
  expect(() => readStartOptions(['--hosts', 'browser'])).toThrow(/hosts/);
});

test('a failed packaging is explained', () => {
  const offline = 'getaddrinfo ENOTFOUND github.com';
  expect(packagingProblem(offline, false).what).toMatch(/^Electron's binary is missing/);
  expect(packagingProblem(offline, true).what).toMatch(/A tool for this kind of package/);
  expect(packagingProblem('invalid configuration', true).what).toBe('The packages could not be built.');
});
