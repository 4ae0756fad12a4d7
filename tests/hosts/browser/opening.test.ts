import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { letIn } from './let-in.ts';

/** Starts the host as on a desktop. `xdg-open` writes down its arguments, and stays as a browser does. */
function startOnDesktop() {
  const folder = temporaryFolder();
  const opened = join(folder, 'opened');
  const program = join(folder, 'xdg-open');
  writeFileSync(program, `#!/bin/sh\nprintf '%s' "$*" > ${opened}.part\nmv ${opened}.part ${opened}\nsleep 5\n:\n`);
  chmodSync(program, 0o755);
  const entry = join(repository, 'main', 'hosts', 'browser', 'index.ts');
  const child = spawn(process.execPath, [entry, '--data', join(folder, 'data')], {
    env: {
      ...process.env,
      DISPLAY: ':99',
      PATH: [folder, process.env.PATH].join(delimiter),
      BOUNDARY_ENGINE: 'wasm',
      TMPDIR: folder,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGINT');
    await ended;
  });
  const printed: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) printed.push(address);
  });
  return { child, ended, printed, opened: () => (existsSync(opened) ? readFileSync(opened, 'utf8') : '') };
}

/** The arguments of every process of this machine, as every user can read them. */
function commandLines(): string {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids
    .map((id) => {
      try {
        return readFileSync(join('/proc', id, 'cmdline'), 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

const patience = { timeout: 60_000 };

test.skipIf(process.platform !== 'linux')(
  'no command line holds a token: the browser opens a file of this user alone, which is gone once it was used',
  async () => {
    const host = startOnDesktop();
    await expect.poll(host.opened, patience).toMatch(/^file:/);
    await expect.poll(() => host.printed.length, patience).toBe(1);
    expect(host.opened()).not.toContain('token');
    const file = fileURLToPath(host.opened());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    const page = readFileSync(file, 'utf8');
    const address = /url=(http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43})"/.exec(page)?.[1] ?? '';
    const token = new URL(address).searchParams.get('token') ?? '';
    const lines = commandLines();
    expect(lines).toContain(host.opened());
    expect(lines).not.toContain(token);
    // The printed address is another one, so that either can be used.
    expect(host.printed[0]).not.toContain(token);
    expect((await letIn(address)).secret).not.toBe('');
    expect((await letIn(address)).secret).toBe('');
    await expect.poll(() => existsSync(dirname(file))).toBe(false);
    expect((await letIn(host.printed[0] ?? '')).secret).not.toBe('');
    // The window was closed: Enter prints an address that works again.
    host.child.stdin.write('\n');
    await expect.poll(() => host.printed.length, patience).toBe(2);
    expect((await letIn(host.printed[1] ?? '')).secret).not.toBe('');
  },
);

test.skipIf(process.platform !== 'linux')('a file that no browser used is removed at the end', async () => {
  const host = startOnDesktop();
  await expect.poll(host.opened, patience).toMatch(/^file:/);
  const folder = dirname(fileURLToPath(host.opened()));
  expect(existsSync(folder)).toBe(true);
  host.child.kill('SIGINT');
  await host.ended;
  expect(existsSync(folder)).toBe(false);
});
