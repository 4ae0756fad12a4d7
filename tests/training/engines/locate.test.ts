import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateTensorflow } from '../../../main/training/engines/tensorflow/locate.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'engines-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const files = ['tfjs_binding.node', 'lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2'];

function install(id: string, manifest: object, present = files): void {
  const folder = join(cache, 'tensorflow', id);
  mkdirSync(join(folder, 'lib'), { recursive: true });
  for (const file of present) writeFileSync(join(folder, file), 'x');
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ id, ...manifest }));
}

const locate = () => locateTensorflow({ BOUNDARY_CACHE: cache });

describe.skipIf(process.platform !== 'linux')('locateTensorflow', () => {
  it('reports in one line that nothing is installed', () => {
    expect(locate()).toEqual({ absent: 'not installed' });
  });

  it('is switched off by the environment', () => {
    install('2.21.0-cpu', { tensorflow: '2.21.0', variant: 'cpu' });
    expect(locateTensorflow({ BOUNDARY_CACHE: cache, BOUNDARY_ENGINE: 'wasm' })).toEqual({
      absent: 'switched off by BOUNDARY_ENGINE=wasm',
    });
  });

  it('takes CUDA before CPU, then the newest', () => {
    install('2.9.0-cpu', { tensorflow: '2.9.0', variant: 'cpu' });
    install('2.21.0-cpu', { tensorflow: '2.21.0', variant: 'cpu' });
    expect(locate()).toMatchObject({ id: '2.21.0-cpu' });
    install('2.20.0-cuda', { tensorflow: '2.20.0', variant: 'cuda' });
    expect(locate()).toMatchObject({ id: '2.20.0-cuda', variant: 'cuda' });
  });

  it.each([
    ['lacks a file', () => install('2.21.0-cpu', { tensorflow: '2.21.0', variant: 'cpu' }, files.slice(1))],
    ['has a file of another size', () => install('2.21.0-cpu', { tensorflow: '2.21.0', sizes: { [files[1]!]: 2 } })],
    ['has another manifest', () => install('2.21.0-cpu', { id: 'other', tensorflow: '2.21.0' })],
  ])('passes over an installation that %s', (_, make) => {
    make();
    expect(locate()).toMatchObject({ absent: expect.stringContaining('no complete installation') });
  });
});
