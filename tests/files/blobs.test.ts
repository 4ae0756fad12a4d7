import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobStore, sha256 } from '../../main/files/blobs.ts';
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
