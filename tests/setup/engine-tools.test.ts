import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../main/contract/errors.ts';
import { installTensorflow } from '../../main/training/engines/tensorflow/install/install.ts';
import { releaseFor } from '../../main/training/engines/tensorflow/install/release.ts';
import { findTools } from '../../main/training/engines/tensorflow/install/tools.ts';
import { program, scratchFolder } from './scratch.ts';

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
