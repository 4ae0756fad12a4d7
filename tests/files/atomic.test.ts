import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { open } from 'node:fs/promises';
import { describe, expect, it, test, vi } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import {
  makeFolder,
  newFileMode,
  newFolderMode,
  removeTemporaries,
  removeTemporariesOf,
  replaceFile,
  steadyWriter,
  syncFolder,
  writeFileAtomic,
  writeFileAtomicAsync,
  writePartsAtomic,
  writeTextAtomic,
} from '../../main/files/atomic.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('writeFileAtomic', () => {
  it('makes the folders above, replaces what is there, and leaves nothing else', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    const path = join(folder, 'file');
    writeFileAtomic(path, 'old');
    writeFileAtomic(path, Uint8Array.of(110, 101, 119));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('keeps the old file, and says why, when it cannot be written', () => {
    const folder = temporaryFolder();
    const [file, taken] = [join(folder, 'file'), join(folder, 'taken')];
    writeFileSync(file, 'old');
    mkdirSync(join(taken, 'inside'), { recursive: true });
    expect(() => writeFileAtomic(join(file, 'below'), 'new')).toThrow(UserError);
    expect(() => writeFileAtomic(taken, 'new')).toThrow(UserError);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });
});

describe('every way to write a file', () => {
  const ways: [string, (path: string) => unknown][] = [
    ['at once', (path) => writeFileAtomic(path, 'a€b')],
    ['in parts', (path) => writePartsAtomic(path, [Buffer.from('a'), Buffer.alloc(0), Buffer.from('€b')])],
    ['without blocking', (path) => writeFileAtomicAsync(path, Buffer.from('a€b'))],
    ['in pieces of text', (path) => writeTextAtomic(path, ['a', '', '€b'])],
    ['through its handle', (path) => replaceFile(path, async (file) => void (await file.writeFile('a€b')))],
  ];

  it.each(ways)('%s: replaces the old one, also where there is no folder yet', async (_, write) => {
    const folder = temporaryFolder();
    for (const path of [join(folder, 'file'), join(folder, 'file'), join(folder, 'new', 'deep', 'file')]) {
      await write(path);
      expect(readFileSync(path, 'utf8')).toBe('a€b');
    }
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['file', 'new', 'new/deep', 'new/deep/file']);
  });

  it.each(ways)('%s: leaves a folder in its place alone, and nothing else', async (_, write) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
    writeFileSync(join(folder, 'file'), '');
    for (const path of [join(folder, 'taken'), join(folder, 'file', 'below')]) {
      const failed = async (): Promise<unknown> => write(path);
      await expect(failed()).rejects.toMatchObject({ name: 'UserError', where: expect.stringContaining(folder) });
    }
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['file', 'taken', 'taken/inside']);
  });
});

it.skipIf(process.platform !== 'linux')('makeFolder gives up where a folder cannot be made, as below /proc', () => {
  expect(() => makeFolder('/proc/nothing/here')).toThrow(UserError);
  expect(() => writeFileAtomic('/proc/nothing/here/file', 'text')).toThrow(UserError);
});

/** In the names of temporary files. */
const id = '3f0c2d8e-8d0a-4f5e-9b1f-6f2f3c1d7a55';

it('removes temporary files that are older than a day, in all folders, and nothing else', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'below'));
  const now = Date.now();
  const minute = 60_000;
  const age = (name: string, minutes: number): void => {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), new Date(now), new Date(now - minutes * minute));
  };
  for (const name of [`.old.${id}.tmp`, `below/.old.${id}.tmp`, '.hidden', 'own.tmp', 'file']) age(name, 24 * 60 + 1);
  age(`.young.${id}.tmp`, 24 * 60 - 1);
  removeTemporaries(folder, now);
  expect(readdirSync(folder).sort()).toEqual(['.hidden', `.young.${id}.tmp`, 'below', 'file', 'own.tmp']);
  expect(readdirSync(join(folder, 'below'))).toEqual([]);
  expect(() => removeTemporaries(join(folder, 'missing'), now)).not.toThrow();
});

it('removes the temporary files of one file, however young', () => {
  const folder = temporaryFolder();
  const kept = ['.a.json', '.a.json.1.tmp', `.b.json.${id}.tmp`, 'a.json', `a.json.${id}.tmp`];
  for (const name of [`.a.json.${id}.tmp`, `.a.json.${id.replace('3f', '4f')}.tmp`, ...kept])
    writeFileSync(join(folder, name), '');
  removeTemporariesOf(join(folder, 'a.json'));
  expect(readdirSync(folder).sort()).toEqual(kept);
});

it('a temporary file of exactly a day is kept', () => {
  const folder = temporaryFolder();
  const path = join(folder, `.a.${id}.tmp`);
  writeFileSync(path, '');
  const written = 1_700_000_000_000;
  utimesSync(path, new Date(written), new Date(written));
  removeTemporaries(folder, written + 86_400_000);
  expect(readdirSync(folder)).toEqual([`.a.${id}.tmp`]);
  removeTemporaries(folder, written + 86_400_001);
  expect(readdirSync(folder)).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('new files and folders', () => {
  it.each([
    [0o700, 0o700, 0o600],
    [0o750, 0o750, 0o640],
    [0o755, 0o755, 0o644],
    [0o777, 0o777, 0o666],
    [0o711, 0o711, 0o600],
    [0o1777, 0o777, 0o666],
  ])('in a folder of mode %o get no other rights than it has', (folderMode, newFolder, newFile) => {
    const folder = temporaryFolder();
    chmodSync(folder, folderMode);
    expect([newFolderMode(folder), newFileMode(folder)]).toEqual([newFolder, newFile]);
    const umask = process.umask(0);
    try {
      makeFolder(join(folder, 'a', 'b'));
      writeFileAtomic(join(folder, 'file'), '');
    } finally {
      process.umask(umask);
    }
    const modes = ['a', 'a/b', 'file'].map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([newFolder, newFolder, newFile]);
  });

  it('become durable through their folder, which Windows does not need', () => {
    const missing = join(temporaryFolder(), 'missing');
    expect(() => syncFolder(missing)).toThrow();
    const before = process.platform;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      expect(() => syncFolder(missing)).not.toThrow();
    } finally {
      Object.defineProperty(process, 'platform', { value: before });
    }
  });

  it('a link to nothing is no temporary file', () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, 'nothing'), join(folder, `.a.${id}.tmp`));
    removeTemporaries(folder, Date.now() + 1e12);
    expect(readdirSync(folder)).toEqual([`.a.${id}.tmp`]);
  });
});

test('a large file is brought to disk as it comes', async () => {
  const path = join(temporaryFolder(), 'large');
  const file = await open(path, 'w');
  const sync = vi.spyOn(file, 'datasync');
  const sizes: number[] = [];
  sync.mockImplementation(async () => void sizes.push(statSync(path).size));
  const write = steadyWriter(file);
  const piece = Buffer.alloc(3 * 2 ** 20, 1);
  for (let pieces = 0; pieces < 14; pieces++) await write(piece);
  await file.close();
  expect(sizes).toEqual([18 * 2 ** 20, 36 * 2 ** 20]);
  expect(statSync(path).size).toBe(42 * 2 ** 20);
});
