import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.ts';
import { findPeer, smallestTorch } from './find-peer.ts';

test('of what pip offers, the newest build for CPUs alone is the smallest', () => {
  const offered =
    'torch (2.15.0)\nAvailable versions: 2.15.0, 2.14.0, 2.13.0+cpu, 2.13.0, 2.12.0+cpu\n  LATEST: 2.15.0\n';
  expect(smallestTorch(offered)).toBe('torch==2.13.0+cpu');
});

test('without such a build, or an answer, it is the newest', () => {
  expect(smallestTorch('torch (2.15.0)\nAvailable versions: 2.15.0, 2.14.0\n')).toBe('torch');
  expect(smallestTorch('')).toBe('torch');
});

test('without Python, or without torch, the bench reports it and continues', async () => {
  const cache = temporaryFolder();
  const lines: string[] = [];
  const find = (environment: NodeJS.ProcessEnv) => findPeer((line) => lines.push(line), environment);
  expect(await find({ PATH: cache, BOUNDARY_CACHE: cache })).toBeNull();
  expect(await find({ BOUNDARY_PYTHON: join(cache, 'python') })).toBeNull();
  expect(lines[0]).toMatch(/^No PyTorch to compare with: python3 is not on PATH/);
  expect(lines[1]).toMatch(/^No PyTorch to compare with: .*cannot import torch/);
});
