import { expect, test } from 'vitest';
import { countPackages, followNpm } from '../../scripts/setup/dependencies.mjs';

test('only packages for this platform are counted', () => {
  const packages = {
    'node_modules/a': {},
    'node_modules/b': { os: ['linux'], cpu: ['x64'] },
    'node_modules/c': { os: ['darwin'] },
    'node_modules/d': { os: ['!win32'] },
  };
  expect(countPackages(packages, 'linux', 'x64')).toBe(3);
  expect(countPackages(packages, 'win32', 'x64')).toBe(1);
});

test("npm's log becomes progress", () => {
  const follow = followNpm(2);
  expect(follow('npm http fetch GET https://registry.example/zod attempt 1 failed with EAI_AGAIN')).toContain(
    'retrying',
  );
  expect(follow('npm warn deprecated something')).toContain('retrying');
  expect(follow('npm http fetch GET 200 https://registry.example/zod 812ms (cache miss)')).toBe(
    '1 of 2 packages looked up',
  );
  expect(follow('npm http cache https://registry.example/vite 3ms (cache hit)')).toBe('2 of 2 packages looked up');
  expect(follow('npm http fetch GET 200 https://registry.example/zod/-/zod-4.0.0.tgz 90ms')).toBe(
    '1 of 2 packages fetched',
  );
  expect(follow('npm http fetch GET 200 https://registry.example/zod/-/zod-4.0.0.tgz 90ms')).toBe(
    '1 of 2 packages fetched',
  );
  expect(follow('npm http cache vite@https://registry.example/vite/-/vite-8.0.0.tgz 5ms (cache hit)')).toBe(
    'unpacking',
  );
});
