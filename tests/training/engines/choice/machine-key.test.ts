import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { machineKey } from '../../../../main/training/engines/choice/machine-key.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

test('what is known of engines is of their code, which is found', () => {
  const code = join(temporaryFolder(), 'engines');
  expect(() => machineKey({}, code)).toThrow('has no files');
  mkdirSync(join(code, 'wasm'), { recursive: true });
  writeFileSync(join(code, 'wasm', 'ops.ts'), 'one');
  const before = machineKey({}, code);
  expect(machineKey({}, code)).toBe(before);
  writeFileSync(join(code, 'wasm', 'ops.ts'), 'two');
  expect(machineKey({}, code)).not.toBe(before);
  // Without this folder, the code of the program.
  expect(machineKey({})).toBe(machineKey({}, join(import.meta.dirname, '../../../../main/training/engines')));
});

test('and of the variables that choose devices', () => {
  expect(machineKey({ CUDA_VISIBLE_DEVICES: '1' })).not.toBe(machineKey({ CUDA_VISIBLE_DEVICES: '0' }));
  expect(machineKey({ BOUNDARY_ENGINE: 'wasm' })).toBe(machineKey({}));
});
