import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { installTensorflow } from '../../main/training/engines/tensorflow/install/install.ts';
import { fetchCompanions } from '../../main/training/engines/tensorflow/install/download.ts';
import { releaseFor } from '../../main/training/engines/tensorflow/install/release.ts';
import { findProgram, findTools, runToEnd } from '../../main/training/engines/tensorflow/install/tools.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { sampleRelease, sampleWheel } from './sample-wheel.ts';
import { program, scratchFolder, write } from './scratch.ts';

test('tools are found on PATH, with the version of pip', async () => {
  const bin = scratchFolder();
  const python = program(join(bin, 'python3'), "console.log('pip 23.2.1 from /somewhere (python 3.11)')");
  const compiler = program(join(bin, 'g++'), '');
  expect(await findTools({ PATH: bin })).toEqual({ python, pip: [23, 2], compiler });
  expect(await findTools({ PATH: bin, CXX: compiler })).toMatchObject({ compiler });
});

test('all missing tools are named at once, with the packages to install', async () => {
  const empty = scratchFolder();
  await expect(findTools({ PATH: empty })).rejects.toMatchObject({
    message: 'python3 with pip and the C++ compiler g++ are missing',
    remedy: expect.stringContaining('apt install python3-pip g++'),
  });
  const withoutPip = scratchFolder();
  program(join(withoutPip, 'python3'), 'process.exit(1)');
  program(join(withoutPip, 'g++'), '');
  await expect(findTools({ PATH: withoutPip })).rejects.toMatchObject({ message: 'pip for python3 is missing' });
});

test('without tools it reports one line and writes nothing', async () => {
  const cache = join(scratchFolder(), 'cache');
  const outcome = await installTensorflow({
    environment: { PATH: scratchFolder(), BOUNDARY_CACHE: cache },
    release: releaseFor('cpu', { platform: 'linux', arch: 'x64', glibc: '2.36' }),
  });
  expect(outcome).toEqual({
    installed: false,
    reason: expect.stringMatching(/^python3 with pip and .* missing\. .*$/),
  });
});

test('each machine gets the build that was published for it', () => {
  const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };
  expect(releaseFor('cpu', linux)).toMatchObject({ id: '2.21.0-cpu', wheel: { project: 'tensorflow-cpu' } });
  expect(releaseFor('cuda', linux)).toMatchObject({ id: '2.21.0-cuda', wheel: { project: 'tensorflow' } });
  expect(releaseFor('cpu', { ...linux, arch: 'arm64' }).wheel.file).toContain('aarch64');
  for (const other of [
    { ...linux, platform: 'darwin' },
    { ...linux, glibc: undefined },
    { ...linux, glibc: '2.17' },
    { ...linux, arch: 'ppc64' },
  ]) {
    expect(() => releaseFor('cpu', other)).toThrow(UserError);
  }
  expect(() => releaseFor('cuda', { ...linux, arch: 'arm64' })).toThrow('TensorFlow (cuda) is not published');
});

test('every file of every build is pinned by its hash', () => {
  const linux = { platform: 'linux', glibc: '2.36' };
  const releases = [
    releaseFor('cpu', { ...linux, arch: 'x64' }),
    releaseFor('cpu', { ...linux, arch: 'arm64' }),
    releaseFor('cuda', { ...linux, arch: 'x64' }),
  ];
  expect(releases.map(({ companions }) => companions.length)).toEqual([0, 0, 12]);
  const files = releases.flatMap(({ wheel, companions }) => [wheel, ...companions]);
  for (const { project, file, sha256 } of files) {
    expect(file).toMatch(/^\w+-\d[\d.]*-[\w.-]+\.whl$/);
    expect(file.split('-')[0]).toBe(project.replaceAll('-', '_'));
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(new Set(files.map(({ sha256 }) => sha256)).size).toBe(files.length);
});

const library = { project: 'nvidia-sample', file: 'nvidia_sample-1.2-py3-none-any.whl' };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Fetches the library, pinned by a hash, from an index that has `offered`. */
function fetchLibrary(pinned: string, python: string, environment: NodeJS.ProcessEnv) {
  const folder = join(scratchFolder(), 'downloads');
  const release = { ...sampleRelease(sampleWheel()), id: '9.9.9-cuda', companions: [{ ...library, sha256: pinned }] };
  const tools = { python, pip: [23, 2] as [number, number], compiler: '' };
  const path = join(folder, '9.9.9-cuda-libraries', library.file);
  return { path, paths: fetchCompanions({ release, tools, folder, environment, progress: () => undefined }) };
}

test('a library with another hash than its pin is refused and deleted, whatever pip says', async () => {
  const folder = scratchFolder();
  const asked = join(folder, 'asked.txt');
  const body = `
    import fs from 'node:fs';
    import { join } from 'node:path';
    if (!args.includes('--require-hashes')) process.exit(1);
    fs.copyFileSync(args[args.indexOf('--requirement') + 1], ${JSON.stringify(asked)});
    fs.writeFileSync(join(args[args.indexOf('--dest') + 1], ${JSON.stringify(library.file)}), 'other bytes');
    fs.writeFileSync(join(args[args.indexOf('--dest') + 1], 'nvidia_stray-1-py3-none-any.whl'), 'left by an earlier version');
  `;
  const python = program(join(folder, 'python3'), body);
  const environment = { PATH: folder };
  const [pin, right] = ['0'.repeat(64), sha256(Buffer.from('other bytes'))];
  const other = fetchLibrary(pin, python, environment);
  await expect(other.paths).rejects.toMatchObject({ code: 'engine.wheel-unknown' });
  expect(readFileSync(asked, 'utf8')).toBe(`nvidia-sample==1.2 --hash=sha256:${pin}\n`);
  expect(existsSync(other.path)).toBe(false);
  const good = fetchLibrary(right, python, environment);
  expect(await good.paths).toEqual([good.path]);
});

const python = findProgram('python3', process.env);
const hasPip = python !== undefined && (await runToEnd(python, ['-m', 'pip', '--version'])).code === 0;

test.skipIf(!hasPip)('pip itself refuses a library with another hash than its pin', async () => {
  const metadata = 'Metadata-Version: 2.1\nName: nvidia-sample\nVersion: 1.2\n';
  const wheel = zipSync({
    'nvidia_sample-1.2.dist-info/METADATA': Buffer.from(metadata),
    'nvidia_sample-1.2.dist-info/WHEEL': Buffer.from('Wheel-Version: 1.0\nTag: py3-none-any\n'),
  });
  // pip splits this setting at spaces.
  const index = temporaryFolder();
  write(join(index, library.file), wheel);
  const environment = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index };
  const other = fetchLibrary('0'.repeat(64), python ?? '', environment);
  await expect(other.paths).rejects.toMatchObject({
    code: 'engine.download',
    message: expect.stringContaining(sha256(wheel)),
  });
  expect(existsSync(other.path)).toBe(false);
  const good = fetchLibrary(sha256(wheel), python ?? '', environment);
  expect(await good.paths).toEqual([good.path]);
});
