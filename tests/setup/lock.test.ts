import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { acquireLock, isStale } from '../../main/files/lock.mjs';
import { scratchFolder, until, write } from './scratch.ts';

const lockModule = pathToFileURL(join(import.meta.dirname, '../../main/files/lock.mjs')).href;

/** A process that runs JavaScript with `acquireLock` at hand. */
function start(body: string) {
  const source = `import { acquireLock } from '${lockModule}';\nimport fs from 'node:fs';\n${body}`;
  return spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const holder = (host: string, pid: number) => JSON.stringify({ id: 'other', host, processes: [{ pid, born: null }] });

test('a lock is held by one at a time and gone when released', async () => {
  const path = join(scratchFolder(), 'folder', 'lock');
  const first = await acquireLock(path);
  let waited = false;
  const second = acquireLock(path, {
    pollMs: 1,
    onWait: (by) => {
      waited = by?.processes[0]?.pid === process.pid;
      first.release();
    },
  });
  (await second).release();
  expect(waited).toBe(true);
  expect(existsSync(path)).toBe(false);
});

test('six processes add to one number without losing an addition', async () => {
  const folder = scratchFolder();
  const number = write(join(folder, 'number'), '0');
  const body = `for (let i = 0; i < 10; i++) {
    const lock = await acquireLock(${JSON.stringify(join(folder, 'lock'))}, { pollMs: 1 });
    const value = Number(fs.readFileSync(${JSON.stringify(number)}, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
    fs.writeFileSync(${JSON.stringify(number)}, String(value + 1));
    lock.release();
  }`;
  const ends = await Promise.all(Array.from({ length: 6 }, () => once(start(body), 'exit')));
  expect(ends.map(([code]) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(readFileSync(number, 'utf8')).toBe('60');
});

test('the lock of a killed process is taken over at once', async () => {
  const path = join(scratchFolder(), 'lock');
  const other = start(`await acquireLock(${JSON.stringify(path)}); setInterval(() => {}, 1000);`);
  await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('}'));
  expect(isStale(path)).toBe(false);
  other.kill('SIGKILL');
  await once(other, 'exit');
  (await acquireLock(path, { pollMs: 1 })).release();
});

test.runIf(process.platform === 'linux')('a holder that is dead but not yet buried holds nothing', async () => {
  const path = join(scratchFolder(), 'lock');
  // The holder's parent never asks how it ended, so it stays a zombie.
  const holding = `import { acquireLock } from '${lockModule}'; await acquireLock(${JSON.stringify(path)}); process.kill(process.pid, 'SIGKILL');`;
  const parent = spawn('/bin/sh', [
    '-c',
    '"$0" --input-type=module -e "$1" & exec /bin/sleep 600',
    process.execPath,
    holding,
  ]);
  const pid = () => JSON.parse(readFileSync(path, 'utf8')).processes[0].pid;
  await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('}'));
  await until(() => readFileSync(`/proc/${pid()}/stat`, 'utf8').includes(') Z '));
  expect(isStale(path)).toBe(true);
  parent.kill();
});

test('a shared lock holds while the child lives, though its owner was killed', async () => {
  const path = join(scratchFolder(), 'lock');
  const child = start('setInterval(() => {}, 1000);');
  const owner = start(
    `const lock = await acquireLock(${JSON.stringify(path)}); lock.shareWith(${child.pid}); setInterval(() => {}, 1000);`,
  );
  await until(() => existsSync(path) && readFileSync(path, 'utf8').includes(String(child.pid)));
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(isStale(path)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isStale(path)).toBe(true);
});

test('a holder on another machine is believed until it has been silent for a minute', () => {
  const path = write(join(scratchFolder(), 'lock'), holder('another-machine', 1));
  expect(isStale(path)).toBe(false);
  const silent = new Date(Date.now() - 61_000);
  utimesSync(path, silent, silent);
  expect(isStale(path)).toBe(true);
});

test('a file that its writer never finished is stale after some seconds', () => {
  const path = write(join(scratchFolder(), 'lock'), '');
  expect(isStale(path)).toBe(false);
  const old = new Date(Date.now() - 10_000);
  utimesSync(path, old, old);
  expect(isStale(path)).toBe(true);
});
