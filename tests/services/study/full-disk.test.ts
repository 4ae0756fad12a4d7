import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { smallDisk } from '../../small-disk.ts';
import { boundary } from './command-line.ts';
import { dumpStudy } from './study-dump.ts';
import { wholeSmallStudy } from './whole-study.ts';

it('a study that fills its disk says so, and gives the same bytes once there is room', {
  timeout: 600_000,
}, async (context) => {
  const disk = smallDisk(1300);
  if (!disk) return context.skip('needs the right to mount a tmpfs');
  const { data: calm, study } = await wholeSmallStudy();
  const data = join(disk, 'data');

  const run = () => boundary(['--data', data, 'study', 'run', study, '--engine', 'wasm']);
  const full = await run();
  expect(full.code).not.toBe(0);
  expect(full.stdout + full.stderr).toContain('The disk is full');
  expect(full.stderr).not.toContain('defect');

  execFileSync('mount', ['-o', 'remount,size=100m', disk]);
  expect(await run()).toMatchObject({ code: 0 });
  expect(dumpStudy(data)).toEqual(dumpStudy(calm));
});
