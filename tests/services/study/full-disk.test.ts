import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { smallDisk } from '../../small-disk.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { boundary } from './command-line.ts';
import { dumpStudy } from './study-dump.ts';
import { writeSmallStudy } from './small-study.ts';

it('a study that fills its disk says so, and gives the same bytes once there is room', {
  timeout: 600_000,
}, async (context) => {
  const folder = temporaryFolder();
  const study = writeSmallStudy(folder);
  const [disk, calm] = [smallDisk(1300), join(folder, 'calm')];
  if (!disk) return context.skip('needs the right to mount a tmpfs');
  const data = join(disk, 'data');

  const full = await boundary(['--data', data, 'study', 'run', study]);
  expect(full.code).not.toBe(0);
  expect(full.stdout + full.stderr).toContain('The disk is full');
  expect(full.stderr).not.toContain('defect');

  execFileSync('mount', ['-o', 'remount,size=100m', disk]);
  expect(await boundary(['--data', data, 'study', 'run', study])).toMatchObject({ code: 0 });
  expect(await boundary(['--data', calm, 'study', 'run', study])).toMatchObject({ code: 0 });
  expect(dumpStudy(data)).toEqual(dumpStudy(calm));
});
