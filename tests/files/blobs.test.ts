import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobStore, sha256, sha256InPieces } from '../../main/files/blobs.ts';
import { repository } from '../architecture/tools.ts';
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
    expect(blobs.get(sha256(data)).equals(data)).toBe(true);
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

it('tells a file that is missing or damaged from one that cannot be read now', () => {
  const blobs = new BlobStore(temporaryFolder());
  const hash = blobs.put(Buffer.from('checkpoint'));
  expect(blobs.isIntact(hash)).toBe(true);
  writeFileSync(blobs.path(hash), 'checkpoinz');
  expect(blobs.isIntact(hash)).toBe(false);
  rmSync(blobs.path(hash));
  expect(blobs.isIntact(hash)).toBe(false);
  symlinkSync(hash, blobs.path(hash));
  expect(() => blobs.isIntact(hash)).toThrow('ELOOP');
});

it('lets other work run while it hashes', async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  await sha256InPieces(new Uint8Array(40 * 2 ** 20));
  clearInterval(count);
  expect(turns).toBeGreaterThan(0);
});

it('tells what cannot be read from what is missing or damaged', () => {
  const folder = temporaryFolder();
  const blobs = new BlobStore(join(folder, 'blobs'));
  const hash = blobs.put(Buffer.from('weights'));
  const shelf = dirname(blobs.path(hash));
  for (const each of [folder, blobs.folder]) chmodSync(each, 0o755);
  const whyNot = { code: 'blob.unreadable', where: blobs.path(hash) };
  const unreadable = [
    { name: 'a file without rights', spoil: () => chmodSync(blobs.path(hash), 0), has: true },
    { name: 'a folder without rights', spoil: () => chmodSync(shelf, 0), has: whyNot },
  ];
  chmodSync(shelf, 0o755);
  for (const { name, spoil, has } of unreadable) {
    spoil();
    // Root may read everything: another account looks.
    const code = `
      const { BlobStore } = await import(${JSON.stringify(join(repository, 'main/files/blobs.ts'))});
      const store = new BlobStore(${JSON.stringify(blobs.folder)});
      const tried = (work) => { try { return work(); } catch ({ code, where }) { return { code, where }; } };
      console.log(JSON.stringify(['get', 'isIntact', 'has'].map((name) => tried(() => store[name]('${hash}')))));`;
    const who = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', ...who });
    expect(JSON.parse(text), name).toEqual([whyNot, whyNot, has]);
  }
  chmodSync(shelf, 0o755);
  chmodSync(blobs.path(hash), 0o644);
  expect(blobs.get(hash).toString()).toBe('weights');
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

it('is a folder of folders that are named by the first two digits', () => {
  const blobs = new BlobStore(temporaryFolder());
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(blobs.has(hash)).toBe(false);
  expect(blobs.put(Buffer.from('abc'))).toBe(hash);
  expect(readdirSync(blobs.folder, { recursive: true }).sort()).toEqual(['ba', join('ba', hash)]);
  expect(blobs.path(hash)).toBe(join(blobs.folder, 'ba', hash));
  expect(blobs.has(hash)).toBe(true);
});

it('pauses after each 4 MiB that it hashes, and not at all for less', async () => {
  const mebibyte = 2 ** 20;
  const pauses = async (length: number): Promise<number> => {
    let turns = 0;
    let stopped = false;
    const count = (): void => {
      turns++;
      if (!stopped) setImmediate(count);
    };
    setImmediate(count);
    await sha256InPieces(new Uint8Array(length));
    stopped = true;
    return turns;
  };
  expect(await pauses(0)).toBe(0);
  expect(await pauses(4 * mebibyte)).toBe(0);
  expect(await pauses(4 * mebibyte + 1)).toBe(1);
  expect(await pauses(16 * mebibyte)).toBe(3);
  expect(await pauses(16 * mebibyte + 1)).toBe(4);
});

it('takes a file piece by piece if it is the right one, and writes it once', async () => {
  const blobs = new BlobStore(temporaryFolder());
  const data = Buffer.from('weights of a model');
  let written = 0;
  const write = async (take: (piece: Uint8Array) => Promise<unknown>): Promise<string> => {
    written++;
    await take(data.subarray(0, 7));
    await take(data.subarray(7));
    return sha256(data);
  };
  await expect(blobs.putStream(sha256('another'), write)).rejects.toThrow(
    `the hash of the written file is ${sha256(data)}, not ${sha256('another')}`,
  );
  expect(readdirSync(blobs.folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())).toEqual([]);
  await blobs.putStream(sha256(data), write);
  expect(blobs.get(sha256(data))).toEqual(data);
  utimesSync(blobs.path(sha256(data)), 1, 1);
  await blobs.putStream(sha256(data), write);
  expect(written).toBe(2);
  expect(Date.now() - statSync(blobs.path(sha256(data))).mtimeMs).toBeLessThan(60_000);
});

it('does not write again what it has', async () => {
  const blobs = new BlobStore(temporaryFolder());
  const data = Buffer.from('weights');
  const path = blobs.path(blobs.put(data));
  const { ino } = statSync(path);
  blobs.put(data);
  await blobs.putInPieces(data);
  expect(statSync(path).ino).toBe(ino);
});

it('takes a link to nothing for no blob, and stores the bytes in its place', async () => {
  const blobs = new BlobStore(temporaryFolder());
  const data = Buffer.from('weights');
  const dangling = (): void => {
    rmSync(blobs.path(sha256(data)), { force: true });
    symlinkSync(join(blobs.folder, 'nothing'), blobs.path(sha256(data)));
  };
  const hash = blobs.put(data);
  dangling();
  expect(blobs.touch(hash)).toBe(false);
  blobs.put(data);
  expect(blobs.get(hash)).toEqual(data);
  dangling();
  await blobs.putInPieces(data);
  expect(blobs.get(hash)).toEqual(data);
});
