import { statfsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { formatBytes } from '../../main/domain/numbers/format.ts';
import { checkRoom, fileError } from '../../main/files/file-errors.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const failed = (code: unknown): Error => Object.assign(new Error('failed'), { code });

describe('fileError', () => {
  it.each([
    ['ENOSPC', 'file.disk-full', 'The disk is full'],
    ['EDQUOT', 'file.disk-full', 'The disk quota is used up'],
    ['EACCES', 'file.not-permitted', 'No permission for this file or folder'],
    ['EPERM', 'file.not-permitted', 'No permission for this file or folder'],
    ['EROFS', 'file.read-only', 'The file system is read-only'],
    ['ENOENT', 'file.not-found', 'There is no such file or folder'],
    ['ENOTDIR', 'file.not-a-folder', 'A part of the path is a file, not a folder'],
    ['EEXIST', 'file.not-a-folder', 'A file is in the place of a folder'],
    ['EISDIR', 'file.is-a-folder', 'A folder is in the place of the file'],
    ['ENAMETOOLONG', 'file.name-too-long', 'The path is too long'],
  ])('says what %s means', (code, ours, what) => {
    const error = failed(code);
    const told = fileError(error, '/a');
    expect(told).toBeInstanceOf(UserError);
    expect(told).toMatchObject({ code: ours, message: what, where: '/a', cause: error });
    expect((told as UserError).remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('returns any other error unchanged', () => {
    for (const other of [failed('EMFILE'), failed(28), new Error('ENOSPC'), { code: 'ENOSPC' }, 'ENOSPC', null]) {
      expect(fileError(other, '/a')).toBe(other);
    }
  });
});

describe('checkRoom', () => {
  it('leaves a tenth of the free space', () => {
    const folder = temporaryFolder();
    const { bavail, bsize } = statfsSync(folder);
    expect(() => checkRoom(folder, 0.88 * bavail * bsize)).not.toThrow();
    expect(() => checkRoom(folder, 0.92 * bavail * bsize)).toThrow(
      expect.objectContaining({
        code: 'file.disk-full',
        where: folder,
        // What is free may change meanwhile, but hardly its unit.
        message: expect.stringMatching(new RegExp(`${formatBytes(bavail * bsize).replace(/^[\\d.,]+/, '')} left$`)),
      }),
    );
  });

  it.skipIf(process.platform !== 'linux')('stores nothing on a full disk but empty files', () => {
    expect(statfsSync('/proc').bavail).toBe(0);
    expect(() => checkRoom('/proc', 0)).not.toThrow();
    expect(() => checkRoom('/proc', 1)).toThrow(/^The files need 1\sB, and the disk has 0\sB left$/);
  });
});
