import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { AttemptLine } from '../../../main/contract/cluster.ts';
import { SharedFiles } from '../../../main/executors/slurm/shared-files.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { profile } from './cluster-setup.ts';

test('a checkpoint that a run deleted when it was done does not keep its end from being read', async () => {
  const folder = temporaryFolder();
  const own = new BlobStore(join(folder, 'blobs'));
  const files = new SharedFiles(profile(folder), 'host-1', own);
  const weights = new BlobStore(files.pack('pack').blobs(7)).put(Buffer.from('weights'));
  const lines: AttemptLine[] = [
    { at: 1, event: { type: 'checkpoint', step: 250, hash: 'f'.repeat(64) } },
    { at: 2, event: { type: 'done', result: { kind: 'generator', weights, steps: 250 } } },
  ];
  const never = (): Promise<boolean> => Promise.resolve(false);
  expect(await files.fetch('pack', 7, lines, never)).toEqual(lines.slice(1));
  expect(own.has(weights)).toBe(true);
  await expect(files.fetch('pack', 7, lines.slice(0, 1), never)).rejects.toMatchObject({
    code: 'cluster.file-unreadable',
  });
});

test('only a file of its own is copied, and one that is here already is kept from being deleted', async () => {
  const folder = temporaryFolder();
  const own = new BlobStore(join(folder, 'blobs'));
  const files = new SharedFiles(profile(folder), 'host-1', own);
  const theirs = new BlobStore(files.pack('pack').blobs(7));
  const never = (): Promise<boolean> => Promise.resolve(false);
  const fetch = (hash: string) =>
    files.fetch('pack', 7, [{ at: 1, event: { type: 'checkpoint', step: 250, hash } }], never);
  const makers: ((path: string) => void)[] = [
    (path) => symlinkSync('/dev/zero', path),
    (path) => symlinkSync(own.path(own.put(Buffer.from('private'))), path),
    (path) => execFileSync('mkfifo', [path]),
    (path) => mkdirSync(path),
  ];
  for (const [index, make] of makers.entries()) {
    const hash = String(index).repeat(64);
    mkdirSync(dirname(theirs.path(hash)), { recursive: true });
    make(theirs.path(hash));
    await expect(fetch(hash), hash).rejects.toMatchObject({ code: 'cluster.file-unreadable' });
    expect(own.has(hash)).toBe(false);
  }
  const known = own.put(Buffer.from('weights'));
  utimesSync(own.path(known), 1, 1);
  await fetch(known);
  expect(Date.now() - statSync(own.path(known)).mtimeMs).toBeLessThan(60_000);
});
