import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { missingDependency } from '../../scripts/setup/dependencies.mjs';
import { packagedNode } from '../../scripts/setup/node24.mjs';
import { scratchFolder, until, write } from './scratch.ts';

const setUpModule = pathToFileURL(join(import.meta.dirname, '../../scripts/setup/set-up.mjs')).href;
const programModule = pathToFileURL(join(import.meta.dirname, '../../scripts/setup/program.mjs')).href;

const lock = JSON.stringify({ packages: { '': {}, 'node_modules/zod': { version: '4.0.0' } } });

/** Stands in for npm: installs the one package, and counts how often it was called. */
const installs = `
  import fs from 'node:fs';
  fs.appendFileSync('calls', 'x');
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/zod', { recursive: true });
  console.error('npm http fetch GET 200 https://registry.example/zod/-/zod-4.0.0.tgz 10ms');
  if (!fs.existsSync('hang')) {
    fs.writeFileSync('node_modules/zod/package.json', '{}');
    fs.mkdirSync('node_modules/node');
    fs.writeFileSync('node_modules/node/package.json', '{"version":"${process.versions.node}"}');
    fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  } else setInterval(() => {}, 1000);
`;

/** A product folder whose npm is the given script. */
function product(npm: string) {
  const root = scratchFolder();
  write(join(root, 'package-lock.json'), lock);
  write(join(root, 'npm-cli.js', 'package.json'), '');
  rmSync(join(root, 'npm-cli.js'), { recursive: true });
  write(join(root, 'package.json'), '{"type":"module"}');
  const script = write(join(root, 'npm-cli.js'), npm);
  const calls = () => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').length : 0);
  return { root, script, calls };
}

/** Sets the folder up in a process of its own, as the start scripts do. */
function startSetUp({ root, script }: { root: string; script: string }, node = process.execPath) {
  const source = `import { ensureSetUp } from '${setUpModule}';
    import { main } from '${programModule}';
    await main(async () => { console.log(await ensureSetUp(${JSON.stringify(root)})); return 0; });`;
  const env = { ...process.env, npm_execpath: script };
  const child = spawn(node, ['--input-type=module', '-e', source], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const end = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, end };
}

test('the first start installs and says so on stderr; the second says nothing and does nothing', async () => {
  const it = product(installs);
  const first = await startSetUp(it).end;
  expect(first).toMatchObject({ code: 0, stdout: `${process.execPath}\n` });
  expect(first.stderr).toMatch(/Dependencies: not installed yet; npm ci: 1 packages \(\d+\.\d s\)/);
  expect(await startSetUp(it).end).toEqual({ code: 0, stdout: `${process.execPath}\n`, stderr: '' });
  expect(it.calls()).toBe(1);
});

test('a changed lockfile and a package that is gone are mended', async () => {
  const it = product(installs);
  await startSetUp(it).end;
  write(join(it.root, 'package-lock.json'), lock.replace('4.0.0', '4.0.1'));
  expect((await startSetUp(it).end).stderr).toContain('zod is 4.0.0, should be 4.0.1');
  rmSync(join(it.root, 'node_modules/zod'), { recursive: true });
  expect((await startSetUp(it).end).stderr).toContain('zod is missing');
  expect(it.calls()).toBe(3);
});

test('a Node from node_modules is there again after npm emptied the folder, also where npm failed', async () => {
  const it = product(installs);
  const node = packagedNode(it.root);
  mkdirSync(dirname(node), { recursive: true });
  copyFileSync(process.execPath, node);
  expect(await startSetUp(it, node).end).toMatchObject({ code: 0, stdout: `${node}\n` });
  expect(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()).toBe(process.version);
  write(join(it.root, 'package-lock.json'), lock.replace('4.0.0', '4.0.1'));
  write(it.script, `import fs from 'node:fs'; fs.rmSync('node_modules', { recursive: true }); process.exitCode = 1;`);
  expect((await startSetUp(it, node).end).code).toBe(1);
  expect(existsSync(node)).toBe(true);
});

test('what was installed by hand is accepted', async () => {
  const it = product('process.exit(1)');
  write(join(it.root, 'node_modules/zod/package.json'), '{}');
  write(join(it.root, 'node_modules/.package-lock.json'), lock);
  expect((await startSetUp(it).end).code).toBe(0);
});

test('two set-ups at the same time: one works, the other waits', async () => {
  const it = product(installs);
  const ends = await Promise.all([startSetUp(it).end, startSetUp(it).end, startSetUp(it).end]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(it.calls()).toBe(1);
});

test('killed in the middle, the next start does it again', async () => {
  const it = product(installs);
  const hang = write(join(it.root, 'hang'), '');
  const { child, end } = startSetUp(it);
  await until(() => existsSync(join(it.root, 'node_modules/zod')));
  child.kill('SIGTERM');
  expect((await end).code).toBe(143);
  expect(existsSync(join(it.root, '.cache', 'set-up.lock'))).toBe(false);
  rmSync(hang);
  expect((await startSetUp(it).end).code).toBe(0);
  expect(missingDependency(it.root)).toBeUndefined();
});

test('without a connection: what npm says, what to do, no stack trace', async () => {
  const it = product(`console.error('npm error code EAI_AGAIN'); process.exitCode = 1;`);
  const { code, stdout, stderr } = await startSetUp(it).end;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('  | npm error code EAI_AGAIN\n  fix:   Connect to the internet');
  expect(stderr).not.toContain('    at ');
});
