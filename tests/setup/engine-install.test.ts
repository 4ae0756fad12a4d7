import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkDisk, installTensorflow, isInstalled } from '../../main/training/engines/tensorflow/install/install.ts';
import type { InstallRequest } from '../../main/training/engines/tensorflow/install/install.ts';
import { kernelFiles } from '../../main/training/engines/tensorflow/locate.ts';
import { damagedFiles, missingFiles, readManifest } from '../../main/training/engines/tensorflow/install/manifest.ts';
import { sampleRelease, sampleWheel } from './sample-wheel.ts';
import { machine } from './pretended-machine.ts';
import { program, scratchFolder, until, write } from './scratch.ts';

test('an installation is complete, has a manifest, and is found again', async () => {
  const { home, target, request, events, calls } = machine();
  expect(await installTensorflow(request)).toEqual({ installed: true, folder: target });
  const headers = ['include/tensorflow/c/c_api.h', 'include/xla/tsl/c/tsl_status.h'];
  const files = [...headers, 'lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2', 'tfjs_binding.node'];
  const manifest = readManifest(target);
  expect(manifest).toMatchObject({ id: '9.9.9-cpu', tensorflow: '2.21.0', variant: 'cpu', arch: process.arch });
  expect(Object.keys(manifest?.files ?? {})).toEqual(files);
  const kernels = basename(kernelFiles(target).library);
  expect(readdirSync(target).sort()).toEqual(['include', kernels, 'lib', 'manifest.json', 'tfjs_binding.node']);
  expect(readdirSync(home)).toEqual(['9.9.9-cpu']);
  const ended = events.flatMap((event) => (event.type === 'end' ? [event.step] : []));
  expect(ended).toEqual([
    expect.stringContaining('Downloading'),
    'Unpacking',
    'Compiling the binding',
    'Testing it',
    'Compiling our kernels for this processor',
  ]);
  expect(calls()).toEqual(['--version', 'install', 'download']);
  await installTensorflow(request);
  expect(calls()).toHaveLength(3);
});

test('a missing or shortened file is noticed at once, a changed one by the full check; both are repaired', async () => {
  const { target, request } = machine();
  await installTensorflow(request);
  const library = join(target, 'lib', 'libtensorflow_cc.so.2');
  const manifest = readManifest(target);
  if (!manifest) throw new Error('no manifest');
  const bytes = readFileSync(library);
  bytes[100] = 0;
  writeFileSync(library, bytes);
  expect(missingFiles(target, manifest)).toEqual([]);
  expect(await damagedFiles(target, manifest)).toEqual(['lib/libtensorflow_cc.so.2']);
  await installTensorflow({ ...request, fullCheck: true });
  expect(await damagedFiles(target, manifest)).toEqual([]);
  truncateSync(library, 10);
  expect(missingFiles(target, manifest)).toEqual(['lib/libtensorflow_cc.so.2']);
  expect(isInstalled(target)).toBe(false);
  await installTensorflow(request);
  expect(await damagedFiles(target, manifest)).toEqual([]);
});

test.each<[string, Parameters<typeof machine>[0], InstallRequest, RegExp]>([
  [
    'no compilation',
    { compiler: "console.error('x.cc:1: error: no such type'); process.exit(1)" },
    {},
    /could not be compiled: x.cc:1: error/,
  ],
  [
    'no pip download',
    {
      pip: () =>
        "if (args[2] === '--version') console.log('pip 20.3 from x'); else { console.error('ERROR: broken'); process.exit(1); }",
    },
    {},
    /pip could not download TensorFlow: ERROR: broken/,
  ],
  [
    'no connection',
    {
      pip: () =>
        "if (args[2] === '--version') console.log('pip 24.0 from x'); else { console.error('NewConnectionError: Network is unreachable'); process.exit(1); }",
    },
    {},
    /cannot be reached \(no internet connection\?\)/,
  ],
  [
    'another wheel',
    { bytes: sampleWheel({ 'tensorflow/other': new Uint8Array(1) }) },
    {},
    /a different tensorflow-cpu than this version/,
  ],
  [
    'no success when tested',
    {},
    { tryOut: () => Promise.reject(new Error('Illegal instruction')) },
    /Illegal instruction/,
  ],
])('%s: the reason takes one line, and nothing incomplete remains', async (_, setting, more, reason) => {
  const { home, request } = machine(setting);
  const outcome = await installTensorflow({ ...request, ...more });
  expect(outcome).toEqual({ installed: false, reason: expect.stringMatching(reason) });
  expect(outcome).toHaveProperty('reason', expect.not.stringContaining('\n'));
  expect(readdirSync(home).filter((name) => name !== 'downloads')).toEqual([]);
});

test('the real test refuses an invalid binding', async () => {
  const { request } = machine();
  const { tryOut: _, ...real } = request;
  expect(await installTensorflow(real)).toMatchObject({
    installed: false,
    reason: expect.stringContaining('TensorFlow does not run on this machine'),
  });
});

test('an interrupted download resumes, within one call and from an earlier one', async () => {
  const bytes = sampleWheel();
  const ranges: (string | undefined)[] = [];
  let part = '';
  const server = createServer(async (request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, { 'content-length': bytes.length - from });
    if (ranges.length > 1) return response.end(bytes.subarray(from));
    // The first answer promises everything and breaks off in the middle.
    response.write(bytes.subarray(from, from + 300));
    await until(() => statSync(part).size === from + 300);
    return response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wheel`;
  const { home, target, request, calls } = machine({ address });
  part = write(join(home, 'downloads', `${sampleRelease(bytes).wheel.file}.part`), bytes.subarray(0, 200));
  expect(await installTensorflow(request)).toEqual({ installed: true, folder: target });
  expect(ranges).toEqual(['bytes=200-', 'bytes=500-']);
  expect(calls()).toEqual(['--version', 'install']);
});

test('the next installer removes what a killed one left', async () => {
  const { folder, home, target, request } = machine();
  const hanging = program(
    join(folder, 'hanging', 'python3'),
    "if (args[2] === '--version') console.log('pip 20.0 from x'); else setInterval(() => {}, 1000);",
  );
  program(join(folder, 'hanging', 'g++'), '');
  const cli = join(import.meta.dirname, '../../main/training/engines/tensorflow/install/cli.ts');
  const env = { ...request.environment, PATH: join(hanging, '..') };
  const killed = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli], {
    env,
    stdio: 'ignore',
    detached: true,
  });
  await until(() => existsSync(join(home, 'downloads')));
  process.kill(-(killed.pid ?? 0), 'SIGKILL');
  await once(killed, 'exit');
  expect(existsSync(target)).toBe(false);
  mkdirSync(join(home, '.building-of-a-dead-one'), { recursive: true });
  expect(await installTensorflow(request)).toEqual({ installed: true, folder: target });
  expect(readdirSync(home)).toEqual(['9.9.9-cpu']);
});

test('of two installers at the same time one waits for the other', async () => {
  const { target, request, calls, events } = machine();
  // The first is at it until the second waits.
  const tryOut = (): Promise<void> => until(() => events.some(({ type }) => type === 'note'));
  const both = [0, 1].map(() => installTensorflow({ ...request, tryOut }));
  const outcomes = await Promise.all(both);
  expect(outcomes).toEqual([0, 1].map(() => ({ installed: true, folder: target })));
  expect(calls().filter((call) => call === 'download')).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'note')).toHaveLength(1);
});

test('too small a disk is reported before any download', async () => {
  expect(() => checkDisk(scratchFolder(), 1e18)).toThrow('The installation needs 1000000000.0 GB of disk space');
  const { request, calls } = machine();
  const release = { ...sampleRelease(sampleWheel()), diskBytes: 1e18 };
  expect(await installTensorflow({ ...request, release })).toMatchObject({
    installed: false,
    reason: expect.stringContaining('BOUNDARY_CACHE'),
  });
  expect(calls()).toEqual(['--version']);
});

test('a read-only cache is reported in one line', async () => {
  const { folder, request } = machine();
  const file = write(join(folder, 'file'), '');
  const outcome = await installTensorflow({
    ...request,
    environment: { ...request.environment, BOUNDARY_CACHE: file },
  });
  expect(outcome).toMatchObject({ installed: false });
});
