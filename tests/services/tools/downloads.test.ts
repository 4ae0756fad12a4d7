import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePng } from '../../../main/files/png.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { Downloads } from '../../../main/services/tools/downloads.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('an offered file is served at its address only', () => {
  const downloads = new Downloads(new BlobStore(temporaryFolder()));
  const address = downloads.offer({ name: 'a b.csv', type: 'text/csv', content: { bytes: Buffer.from('1,2') } });
  expect(address).toMatch(/^\/files\/[0-9a-f-]{36}\/a%20b\.csv$/);
  expect(downloads.find(address)).toMatchObject({ name: 'a b.csv', size: 3, unchanging: false });
  expect(downloads.find('/files/00000000-0000-0000-0000-000000000000/a')).toBeNull();
  expect(downloads.find('/files/../workbench.sqlite')).toBeNull();
});

test('a missing file is reported; a withdrawn one is released', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  writeFileSync(path, 'four');
  const downloads = new Downloads(new BlobStore(folder));
  let released = 0;
  const release = (): void => {
    released += 1;
  };
  const address = downloads.offer({ name: 'x', type: 'text/plain', content: { path }, release });
  expect(downloads.find(address)).toMatchObject({ size: 4 });
  rmSync(path);
  expect(() => downloads.find(address)).toThrow('no longer exists');
  downloads.close();
  expect(released).toBe(1);
  expect(downloads.find(address)).toBeNull();
});

test('of the blob store, only images are served, by their hash', () => {
  const blobs = new BlobStore(temporaryFolder());
  const downloads = new Downloads(blobs);
  const image = blobs.put(encodePng({ channels: 1, width: 2, height: 1, pixels: Uint8Array.of(0, 255) }));
  const weights = blobs.put(Buffer.from('weights'));
  expect(downloads.find(Downloads.imageAddress(image))).toMatchObject({ type: 'image/png', unchanging: true });
  expect(downloads.find(Downloads.imageAddress(weights))).toBeNull();
  expect(downloads.find(Downloads.imageAddress('0'.repeat(64)))).toBeNull();
});
