import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installedPath } from '../../main/training/engines/tensorflow/install/install.ts';
import { parseRecord, unpackWheel } from '../../main/training/engines/tensorflow/install/wheel.ts';
import { members, sampleWheel } from './sample-wheel.ts';
import { scratchFolder, write } from './scratch.ts';

const library = 'tensorflow/libtensorflow_cc.so.2';

test('only needed members are unpacked, each to its path', async () => {
  const folder = scratchFolder();
  const wheel = write(join(folder, 'a.whl'), sampleWheel());
  const files = await unpackWheel(wheel, folder, installedPath);
  expect(files.sort()).toEqual([
    'include/tensorflow/c/c_api.h',
    'include/xla/tsl/c/tsl_status.h',
    'lib/libtensorflow_cc.so.2',
    'lib/libtensorflow_framework.so.2',
  ]);
  expect(readFileSync(join(folder, 'lib/libtensorflow_cc.so.2')).equals(members[library] as Uint8Array)).toBe(true);
  expect(existsSync(join(folder, 'python'))).toBe(false);
});

test.each([
  ['a member that differs from RECORD', sampleWheel({ [library]: new Uint8Array(10) })],
  ['a wheel that was cut off', sampleWheel().subarray(0, 300)],
  ['something that is not a wheel', new TextEncoder().encode('<html>404</html>')],
])('%s is refused', async (_, bytes) => {
  const folder = scratchFolder();
  const wheel = write(join(folder, 'a.whl'), bytes);
  await expect(unpackWheel(wheel, folder, installedPath)).rejects.toMatchObject({
    code: 'engine.wheel-damaged',
    where: wheel,
  });
});

test('RECORD is read with its quoted paths, and entries without a hash are left out', () => {
  const record = parseRecord('a/b.py,sha256=x-Y_1,12\r\n"c, ""d"".txt",sha256=z,3\nRECORD,,\n');
  expect([...record]).toEqual([
    ['a/b.py', { hash: 'x-Y_1', bytes: 12 }],
    ['c, "d".txt', { hash: 'z', bytes: 3 }],
  ]);
});
