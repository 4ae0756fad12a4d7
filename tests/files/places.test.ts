import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  analysisCacheFolder,
  cacheFolder,
  codeCacheFolder,
  dataFolder,
  entryModule,
  outsideArchive,
  productFolder,
} from '../../main/files/places.ts';

function pretend(platform: NodeJS.Platform): void {
  const before = process.platform;
  Object.defineProperty(process, 'platform', { value: platform });
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: before }));
}

const home = homedir();
const name = 'boundary-workbench';

describe('the folders of', () => {
  it.each<[NodeJS.Platform, Record<string, string>, cache: string, data: string]>([
    ['linux', {}, join(home, '.cache', name), join(home, '.local', 'share', name)],
    [
      'linux',
      { XDG_CACHE_HOME: '', XDG_DATA_HOME: '' },
      join(home, '.cache', name),
      join(home, '.local', 'share', name),
    ],
    ['linux', { XDG_CACHE_HOME: '/c', XDG_DATA_HOME: '/d' }, join('/c', name), join('/d', name)],
    ['linux', { LOCALAPPDATA: '/l', APPDATA: '/a' }, join(home, '.cache', name), join(home, '.local', 'share', name)],
    [
      'darwin',
      { XDG_CACHE_HOME: '/c' },
      join(home, 'Library', 'Caches', name),
      join(home, 'Library', 'Application Support', name),
    ],
    ['win32', { LOCALAPPDATA: '/l', APPDATA: '/a' }, join('/l', name, 'cache'), join('/a', name)],
    ['win32', {}, join(home, name, 'cache'), join(home, name)],
  ])('%s with %j', (platform, environment, cache, data) => {
    pretend(platform);
    expect(cacheFolder(environment)).toBe(cache);
    expect(codeCacheFolder(environment)).toBe(join(cache, 'code'));
    expect(analysisCacheFolder(environment)).toBe(join(cache, 'analysis'));
    expect(dataFolder(environment)).toBe(data);
    expect(cacheFolder({ ...environment, BOUNDARY_CACHE: '/own' })).toBe('/own');
    expect(dataFolder({ ...environment, BOUNDARY_DATA: '/own' })).toBe('/own');
  });
});

it('the folder of the product has package.json, and the entries of processes are modules in it', () => {
  const root = join(import.meta.dirname, '..', '..');
  expect(productFolder()).toBe(root);
  expect(entryModule('training/worker/worker')).toBe(join(root, 'main', 'training', 'worker', 'worker.ts'));
  expect(existsSync(entryModule('training/worker/worker'))).toBe(true);
});

it('only paths in the archive of a packaged program are moved beside it', () => {
  const path = (archive: string): string => ['', 'opt', 'resources', archive, 'lib', 'a.so'].join(sep);
  expect(outsideArchive(path('app.asar'))).toBe(path('app.asar.unpacked'));
  for (const other of ['app.asar.unpacked', 'app', 'my.app.asar.d'])
    expect(outsideArchive(path(other))).toBe(path(other));
});
