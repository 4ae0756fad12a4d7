import { expect, test } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { folderError } from '../../../main/contributions/slurm/executor/folder-error.ts';
import { ClusterTroubles } from '../../../main/contributions/slurm/trouble.ts';

const noAnswer = (what: string) => new UserError('cluster.no-answer', what, 'cluster lab', 'Check it.');

test('what is wrong with a cluster is told once, with since when, and that it is over', () => {
  let now = 1000;
  const troubles = new ClusterTroubles(() => now);
  const told: unknown[] = [];
  troubles.onChange(({ part, trouble, isNew }) => told.push([part, trouble?.what ?? null, isNew]));
  troubles.set('lab', 'login', null);
  troubles.set('lab', 'login', noAnswer('timed out'));
  now = 2000;
  troubles.set('lab', 'login', noAnswer('timed out'));
  troubles.set('lab', 'login', noAnswer('refused'));
  troubles.set('lab', 'folder', new Error('EIO'));
  expect(troubles.list('lab').map(({ part, code, since }) => [part, code, since])).toEqual([
    ['login', 'cluster.no-answer', 1000],
    ['folder', 'cluster.failed', 2000],
  ]);
  expect(troubles.list('other')).toEqual([]);
  troubles.set('lab', 'login', null);
  expect(told).toEqual([
    ['login', 'timed out', true],
    ['login', 'refused', false],
    ['folder', 'EIO', true],
    ['login', null, true],
  ]);
});

const fileError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: failed`), { code, syscall: 'open', ...(path !== undefined && { path }) });

test.each([
  ['ENOENT', 'cluster.folder-missing'],
  ['ENOSPC', 'cluster.folder-full'],
  ['EROFS', 'cluster.folder-read-only'],
  ['EACCES', 'cluster.folder-not-permitted'],
  ['EIO', 'cluster.folder-fails'],
])('an error %s of the shared folder says what to do there', (code, expected) => {
  const error = folderError(fileError(code, '/shared/a'), 'lab', '/shared');
  expect(error).toMatchObject({ code: expected, where: 'cluster lab, /shared' });
});

test('a full disk of this computer is not taken for one of the cluster', () => {
  const full = new UserError('file.disk-full', 'Full', '/home/data/blobs/ab', 'Free some.');
  expect(folderError(full, 'lab', '/shared')).toBe(full);
});
