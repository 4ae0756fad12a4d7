import { closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strToU8 } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { openSource, type StimulusSource } from '../../../main/contributions/sets/reading/source.ts';
import { type FileMap, Workplace } from './sets.ts';

const work = new Workplace();
afterAll(() => work.remove());

const text = strToU8('text');

async function using<T>(path: string, use: (source: StimulusSource) => T | Promise<T>): Promise<T> {
  const source = await openSource(path);
  try {
    return await use(source);
  } finally {
    source.close();
  }
}

describe.each<[string, (files: FileMap) => string]>([
  ['a folder', (files) => work.folder(files)],
  ['an archive', (files) => work.zip(files)],
])('%s', (kind, make) => {
  it.each<[string[], string | null]>([
    [['m.csv'], ''],
    [['m.csv', 'a/m.csv'], ''],
    [['a/m.csv'], 'a/'],
    [['a/m.csv', 'b/other.csv'], 'a/'],
    [['set of images/m.csv', 'c.png'], 'set of images/'],
    [['a/m.csv', 'b/m.csv'], null],
    [['a/b/m.csv'], null],
    [['a/b/m.csv', 'c/m.csv'], 'c/'],
    [['other.csv'], null],
    [['a/xm.csv'], null],
    [['xm.csv'], null],
  ])('of %j has m.csv in %j', async (names, folder) => {
    const path = make(Object.fromEntries(names.map((name) => [name, text])));
    expect(await using(path, (source) => source.findFolder('m.csv'))).toBe(folder);
  });

  it('gives files up to the size that is asked for, and null for what it lacks', async () => {
    const path = make({ 'a/b.png': text });
    await using(path, async (source) => {
      expect(Buffer.from((await source.read('a/b.png', 4)) ?? []).toString()).toBe('text');
      expect(await source.read('a/c.png', 4)).toBeNull();
      await expect(source.read('a/b.png', 3)).rejects.toMatchObject({
        code: 'stimuli.file-too-large',
        message: 'The file has 1 MiB; at most 1 MiB are read',
        where: source.where('a/b.png'),
      });
      expect(source.where('a/b.png')).toBe(kind === 'a folder' ? join(path, 'a/b.png') : `${path}, a/b.png`);
    });
  });
});

describe('a folder', () => {
  it.skipIf(process.platform === 'win32')('is not left by links', async () => {
    const folder = work.folder({ 'in/a.png': text, 'in/..b.png': text });
    const inside = join(folder, 'in');
    writeFileSync(join(folder, 'c.png'), text);
    symlinkSync('..', join(inside, 'up'));
    symlinkSync('../c.png', join(inside, 'beside'));
    symlinkSync('..b.png', join(inside, 'dots'));
    symlinkSync('.', join(inside, 'here'));
    await using(inside, async (source) => {
      for (const path of ['up', 'beside', 'up/c.png']) {
        await expect(source.read(path, 100)).rejects.toMatchObject({
          code: 'stimuli.outside',
          where: join(inside, path),
        });
      }
      expect(await source.read('dots', 100)).toEqual(Buffer.from(text));
      expect(await source.read('..b.png', 100)).toEqual(Buffer.from(text));
      expect(await source.read('here/a.png', 100)).toEqual(Buffer.from(text));
      await expect(source.read('here', 100)).rejects.toMatchObject({ code: 'stimuli.not-a-file' });
    });
    const link = work.path('link-to-a-set');
    symlinkSync(inside, link);
    expect(await using(link, (source) => source.read('a.png', 100))).toEqual(Buffer.from(text));
  });

  it.skipIf(process.platform === 'win32')('is a folder or a file', async () => {
    await expect(openSource('/dev/null')).rejects.toMatchObject({ code: 'stimuli.not-a-file', where: '/dev/null' });
    await expect(openSource(work.path('nothing'))).rejects.toMatchObject({ code: 'file.not-found' });
  });
});

/** An archive of stored files with sizes as stated; the packed bytes are a hole in the file. */
function claimed(files: readonly { name: string; bytes: number; packed: number }[]): string {
  const path = work.path(`claimed-${files.map(({ bytes }) => bytes).join('-')}.zip`);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, packed } of files) {
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(packed, 14);
    head.writeUInt32LE(bytes, 18);
    head.writeUInt16LE(name.length, 22);
    writeSync(file, Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name)]), 0, null, offset);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), head, central, Buffer.from(name)]));
    offset += 30 + name.length + packed;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  writeSync(file, Buffer.concat([listed, end]), 0, null, offset);
  closeSync(file);
  return path;
}

describe('an archive', () => {
  it('unpacks to at most 2 GiB in total', async () => {
    const half = { bytes: 2 ** 30, packed: 6 * 2 ** 20 };
    const path = claimed([
      { name: 'half', ...half },
      { name: 'less', ...half, bytes: 2 ** 30 - 1 },
      { name: 'byte', bytes: 1, packed: 1 },
    ]);
    const code = (source: StimulusSource, name: string): Promise<string> =>
      source.read(name, 2 ** 31).then(
        () => 'read',
        (error: { code: string }) => error.code,
      );
    await using(path, async (source) => {
      // Their content is not what is stated, but they count.
      for (const name of ['half', 'half']) expect(await code(source, name)).toBe('stimuli.zip-damaged');
      await expect(source.read('byte', 2 ** 31)).rejects.toMatchObject({
        code: 'stimuli.zip-bomb',
        message: 'The archive unpacks to more than 2048 MiB',
      });
    });
    await using(path, async (source) => {
      for (const name of ['half', 'less', 'byte']) expect(await code(source, name)).toBe('stimuli.zip-damaged');
      expect(await code(source, 'byte')).toBe('stimuli.zip-bomb');
    });
  });

  it('has no file that unpacks to more than 200 times its size', async () => {
    const path = claimed([
      { name: 'most', bytes: 200 * 10_000, packed: 10_000 },
      { name: 'bomb', bytes: 200 * 10_000 + 1, packed: 10_000 },
    ]);
    await using(path, async (source) => {
      await expect(source.read('most', 2 ** 31)).rejects.toMatchObject({ code: 'stimuli.zip-damaged' });
      await expect(source.read('bomb', 2 ** 31)).rejects.toMatchObject({
        code: 'stimuli.zip-bomb',
        message: 'The file unpacks to far more than images do',
      });
    });
  });

  it('that is cut is no archive', async () => {
    const path = claimed([{ name: 'cut', bytes: 10, packed: 10 }]);
    truncateSync(path, 40);
    await expect(openSource(path)).rejects.toMatchObject({
      code: 'stimuli.zip-damaged',
      where: path,
      message: expect.stringMatching(/^This cannot be read as a zip archive: ./),
    });
  });
});
