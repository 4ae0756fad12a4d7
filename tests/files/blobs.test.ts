import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobStore, sha256, sha256InPieces } from '../../main/files/blobs.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('gives back what was stored, under the hash of its bytes', () => {
  const blobs = new BlobStore(temporaryFolder());
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (data) => {
      const hash = blobs.put(data);
      expect(hash).toBe(sha256(data));
      expect(new Uint8Array(blobs.get(hash))).toEqual(data);
      expect(blobs.put(data)).toBe(hash);
    }),
    { numRuns: 25 },
  );
});

it('hashes and stores in pieces what it hashes and stores as a whole', async () => {
  const blobs = new BlobStore(temporaryFolder());
  for (const length of [0, 1, 4 * 2 ** 20, 4 * 2 ** 20 + 1, 9 * 2 ** 20]) {
    const data = Buffer.alloc(length, 'abc');
    expect(await sha256InPieces(data)).toBe(sha256(data));
    expect(await blobs.putInPieces(data)).toBe(sha256(data));
    expect(blobs.get(sha256(data))).toEqual(data);
  }
});

it('keeps a file that is stored again from being deleted as unused', async () => {
  const blobs = new BlobStore(temporaryFolder());
  const data = Buffer.from('weights');
  const path = blobs.path(blobs.put(data));
  for (const put of [() => blobs.put(data), () => blobs.putInPieces(data)]) {
    utimesSync(path, 1, 1);
    await put();
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  }
});

it('lets other work run while it hashes', async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  await sha256InPieces(new Uint8Array(40 * 2 ** 20));
  clearInterval(count);
  expect(turns).toBeGreaterThan(0);
});

it('says what is missing, and what to do', () => {
  const blobs = new BlobStore(temporaryFolder());
  expect(() => blobs.get('0'.repeat(64))).toThrow(/missing/);
});

it('never gives out damaged bytes: sets the file aside, and takes the right ones again', () => {
  const blobs = new BlobStore(temporaryFolder());
  const data = Buffer.from('weights');
  const hash = blobs.put(data);
  writeFileSync(blobs.path(hash), 'weightz');
  expect(() => blobs.get(hash)).toThrow(/damaged/);
  expect(readFileSync(`${blobs.path(hash)}.damaged`, 'utf8')).toBe('weightz');
  expect(existsSync(blobs.path(hash))).toBe(false);
  blobs.put(data);
  expect(blobs.get(hash)).toEqual(data);
});

it('takes a folder in the place of a file for damage', () => {
  const blobs = new BlobStore(temporaryFolder());
  const hash = blobs.put(Buffer.from('pixels'));
  rmSync(blobs.path(hash));
  mkdirSync(blobs.path(hash));
  expect(() => blobs.get(hash)).toThrow(expect.objectContaining({ code: 'blob.damaged' }));
  expect(blobs.put(Buffer.from('pixels'))).toBe(hash);
  expect(blobs.get(hash).toString()).toBe('pixels');
});
