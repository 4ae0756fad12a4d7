import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { importStimulusSet } from '../../../main/contributions/sets/reading/import-stimuli.ts';
import { type FileMap, manifest, png, smallStimuli, Workplace } from './sets.ts';
import { cases } from '../../thorough.ts';

const work = new Workplace();
afterAll(() => work.remove());

const refusal = async (path: string, classes = 10): Promise<UserError> => {
  try {
    await importStimulusSet(path, { classes });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was imported');
};

const one: FileMap = { 'manifest.csv': manifest('0,a.png,0,1,0.5'), 'a.png': png() };

describe('a set made elsewhere', () => {
  const expected = {
    width: 2,
    height: 1,
    channels: 1,
    images: [{ id: 0, pairI: 0, pairJ: 1, alpha: 0.5 }],
    pixels: Uint8Array.of(9, 9),
  };

  it('needs five columns and PNGs; other files are passed over', async () => {
    const files = { ...one, 'readme.txt': strToU8('hello'), 'manifest.json': strToU8('{"name": "another program"}') };
    expect(await importStimulusSet(work.folder(files))).toEqual(expected);
    expect(await importStimulusSet(work.zip(files))).toEqual(expected);
  });

  it('may lie in a folder inside, beside the clutter that systems add', async () => {
    const inner = {
      'set/manifest.csv': one['manifest.csv'] as Uint8Array,
      'set/a.png': png(),
      '__MACOSX/set/._a.png': strToU8(''),
    };
    expect(await importStimulusSet(work.folder(inner))).toEqual(expected);
    expect(await importStimulusSet(work.zip(inner))).toEqual(expected);
  });

  it.each([
    ['byte order mark and CRLF', '\uFEFFimage,file,pair_i,pair_j,alpha\r\n0,a.png,0,1,0.5\r\n'],
    ['semicolons and decimal comma', 'image;file;pair_i;pair_j;alpha\n0;a.png;0;1;0,5\n'],
    ['tabs', 'image\tfile\tpair_i\tpair_j\talpha\n0\ta.png\t0\t1\t0.5'],
    ['other columns, another order, quotes', 'note,alpha,pair_j,pair_i,file,image\n"a, b",0.5,1,0,"./a.png",0\n'],
    ['blank optional columns', 'image,file,pair_i,pair_j,alpha,width,height,pixel_sha256\n0,a.png,0,1,0.5,,,\n'],
  ])('is understood with %s', async (_, text) => {
    expect(await importStimulusSet(work.folder({ ...one, 'manifest.csv': Buffer.from(text) }))).toEqual(expected);
  });

  it('is put in order of id', async () => {
    const rows = manifest('10,b.png,0,1,1', '9,a.png,0,1,0');
    const set = await importStimulusSet(
      work.folder({ 'manifest.csv': rows, 'a.png': png(2, 1, 1), 'b.png': png(2, 1, 2) }),
    );
    expect(set.images.map(({ id }) => id)).toEqual([9, 10]);
    expect([...set.pixels]).toEqual([1, 1, 2, 2]);
  });

  it('may hold several images at one pair and alpha', async () => {
    const rows = manifest('0,a.png,0,1,0.5', '1,b.png,0,1,0.5');
    expect(
      (await importStimulusSet(work.folder({ 'manifest.csv': rows, 'a.png': png(), 'b.png': png() }))).images,
    ).toHaveLength(2);
  });
});

describe('a bad manifest', () => {
  const two = 'a.png,0,1,0.5';
  it.each<[code: string, where: string, rows: string[]]>([
    ['stimuli.duplicate-image', 'row 3', [`0,${two}`, '0,b.png,0,1,0.5']],
    ['stimuli.duplicate-file', 'row 3', [`0,${two}`, '1,./a.png,0,1,0.5']],
    ['stimuli.missing-file', 'row 3', [`0,${two}`, '1,c.png,0,1,0.5']],
    ['stimuli.pair-out-of-range', 'row 2', ['0,a.png,0,10,0.5']],
    ['stimuli.pair-out-of-range', 'row 2', ['0,a.png,-1,1,0.5']],
    ['stimuli.pair-order', 'row 2', ['0,a.png,1,0,0.5']],
    ['stimuli.pair-order', 'row 2', ['0,a.png,1,1,0.5']],
    ['csv.out-of-range', 'row 2', ['0,a.png,0,1,1.01']],
    ['csv.out-of-range', 'row 2', ['0,a.png,0,1,-0.1']],
    ['csv.not-a-number', 'row 2', ['0,a.png,0,1,NaN']],
    ['csv.not-a-number', 'row 2', ['0,a.png,0,1,']],
    ['csv.not-a-number', 'row 2', ['x,a.png,0,1,0']],
    ['csv.syntax', 'row 2', ['0,a.png,0,1']],
    ['stimuli.unsafe-path', 'row 2', ['0,../a.png,0,1,0']],
    ['stimuli.unsafe-path', 'row 2', ['0,/etc/passwd,0,1,0']],
    ['stimuli.unsafe-path', 'row 2', ['0,C:/a.png,0,1,0']],
    ['stimuli.unsafe-path', 'row 2', ['0,images\\a.png,0,1,0']],
    ['stimuli.unsafe-path', 'row 2', ['0,,0,1,0']],
    ['stimuli.empty', 'manifest.csv', []],
  ])('%s, %s: %j', async (code, where, rows) => {
    for (const path of [
      work.folder({ ...one, 'b.png': png(), 'manifest.csv': manifest(...rows) }),
      work.zip({ ...one, 'b.png': png(), 'manifest.csv': manifest(...rows) }),
    ]) {
      const error = await refusal(path);
      expect(error.code).toBe(code);
      expect(error.where).toContain('manifest.csv');
      expect(error.where).toContain(where);
      expect(error.where).toContain(path);
      expect(error.remedy).not.toBe('');
    }
  });

  it.each([
    ['csv.missing-columns', 'image,file,alpha\n0,a.png,0\n'],
    ['csv.empty', ''],
    ['csv.encoding', Buffer.from('image,file,pair_i,pair_j,alpha\n0,a\xe9.png,0,1,0\n', 'latin1')],
    ['csv.encoding', Buffer.from('\uFEFFimage,file', 'utf16le')],
    ['csv.binary', png()],
  ])('%s', async (code, text) => {
    const expectedCodes = code === 'csv.binary' ? ['csv.binary', 'csv.encoding'] : [code];
    expect(expectedCodes).toContain((await refusal(work.folder({ ...one, 'manifest.csv': Buffer.from(text) }))).code);
  });

  it('that is huge is refused before it is read', async () => {
    const folder = work.folder(one);
    truncateSync(join(folder, 'manifest.csv'), 2 ** 30);
    expect((await refusal(folder)).code).toBe('stimuli.file-too-large');
  });

  it('that says another size or hash than the image has', async () => {
    const full = (tail: string): FileMap => ({
      ...one,
      'manifest.csv': Buffer.from(
        `image,file,pair_i,pair_j,alpha,width,height,pixel_sha256\n0,a.png,0,1,0.5,${tail}\n`,
      ),
    });
    expect((await refusal(work.folder(full('3,1,')))).code).toBe('stimuli.wrong-size');
    expect((await refusal(work.folder(full(`2,1,${'0'.repeat(64)}`)))).code).toBe('stimuli.hash-mismatch');
    expect((await refusal(work.folder(full('2,1,abc')))).code).toBe('stimuli.bad-hash');
  });
});

describe('bad images', () => {
  it('are refused: no PNG, of different sizes, a pair of another data set', async () => {
    const gif = await refusal(work.folder({ ...one, 'a.png': strToU8('GIF89a') }));
    expect(gif.code).toBe('png.not-png');
    expect(gif.where).toMatch(/a\.png.*manifest\.csv, row 2/);
    const rows = manifest('0,a.png,0,1,0', '1,b.png,0,1,1');
    expect((await refusal(work.folder({ 'manifest.csv': rows, 'a.png': png(2, 1), 'b.png': png(1, 2) }))).code).toBe(
      'stimuli.different-sizes',
    );
    expect((await refusal(work.folder({ ...one, 'manifest.csv': manifest('0,a.png,0,4,0') }), 3)).code).toBe(
      'stimuli.pair-out-of-range',
    );
  });

  it('that were changed after the export are noticed, even where the manifest was changed with them', async () => {
    const path = work.path('changed');
    await exportStimulusSet(smallStimuli(), path);
    writeFileSync(join(path, 'images', '0003.png'), png(4, 3));
    expect(await refusal(path)).toMatchObject({
      code: 'stimuli.hash-mismatch',
      where: expect.stringContaining('manifest.csv, row 5'),
    });
    const text = readFileSync(join(path, 'manifest.csv'), 'utf8');
    writeFileSync(join(path, 'manifest.csv'), text.replaceAll(/[0-9a-f]{64}/g, ''));
    expect(await refusal(path)).toMatchObject({ code: 'stimuli.hash-mismatch', where: join(path, 'manifest.json') });
    writeFileSync(join(path, 'manifest.json'), '{"schema": "boundary-workbench/stimuli/2"}');
    expect((await refusal(path)).code).toBe('stimuli.newer-format');
  });
});

describe('sizes and limits', () => {
  /** A file that ends in a hole up to this size. */
  const grown = (name: string, size: number, files: FileMap = one): string => {
    const folder = work.folder(files);
    truncateSync(join(folder, name), size);
    return folder;
  };
  const tooLarge = (has: number, most: number) => ({
    code: 'stimuli.file-too-large',
    message: `The file has ${has} MiB; at most ${most} MiB are read`,
  });
  const mebibyte = 2 ** 20;

  it('a manifest has up to 64 MiB, an image 16 MiB, a description 1 MiB', async () => {
    expect(await refusal(grown('manifest.csv', 64 * mebibyte))).toMatchObject({ code: 'csv.binary' });
    expect(await refusal(grown('manifest.csv', 64 * mebibyte + 1))).toMatchObject(tooLarge(65, 64));
    expect((await importStimulusSet(grown('a.png', 16 * mebibyte))).images).toHaveLength(1);
    expect(await refusal(grown('a.png', 16 * mebibyte + 1))).toMatchObject(tooLarge(17, 16));
    const described = { ...one, 'manifest.json': strToU8('{}') };
    expect((await importStimulusSet(grown('manifest.json', mebibyte, described))).images).toHaveLength(1);
    expect(await refusal(grown('manifest.json', mebibyte + 1, described))).toMatchObject(tooLarge(2, 1));
  });

  it('a set has up to 2^30 pixels', async () => {
    const rows = (count: number): string[] => Array.from({ length: count }, (_, id) => `${id},${id}.png,0,1,0`);
    const set = (count: number, width: number, height: number): string =>
      work.folder({ 'manifest.csv': manifest(...rows(count)), '0.png': png(width, height) });
    // As many as fit: the second image is looked for, and is not there.
    expect(await refusal(set(1024, 1024, 1024))).toMatchObject({ code: 'stimuli.missing-file' });
    expect(await refusal(set(1025, 1024, 1024))).toMatchObject({
      code: 'stimuli.too-large',
      message: '1025 images of 1024 x 1024 pixels are more than fit (1 GiB)',
    });
    expect(await refusal(set(2049, 1024, 512))).toMatchObject({ code: 'stimuli.too-large' });
    expect(await refusal(set(2049, 512, 1024))).toMatchObject({ code: 'stimuli.too-large' });
  });

  it.each([
    [2, 2, 'Image 1 has 2 x 2 pixels, others 2 x 1'],
    [1, 1, 'Image 1 has 1 x 1 pixels, others 2 x 1'],
    [1, 2, 'Image 1 has 1 x 2 pixels, others 2 x 1'],
  ])('a second image of %i x %i pixels is refused beside one of 2 x 1', async (width, height, message) => {
    const rows = manifest('0,a.png,0,1,0', '1,b.png,0,1,1');
    const path = work.folder({ 'manifest.csv': rows, 'a.png': png(2, 1), 'b.png': png(width, height) });
    expect(await refusal(path)).toMatchObject({ code: 'stimuli.different-sizes', message });
  });

  it.each([
    ['2,1', null],
    ['2,', null],
    [',1', null],
    [',', null],
    ['1,', 'The manifest states 1 x null pixels, the image has 2 x 1'],
    [',2', 'The manifest states null x 2 pixels, the image has 2 x 1'],
    ['2,2', 'The manifest states 2 x 2 pixels, the image has 2 x 1'],
    ['1,1', 'The manifest states 1 x 1 pixels, the image has 2 x 1'],
  ])('an image of 2 x 1 pixels, stated as %s', async (stated, message) => {
    const text = `image,file,pair_i,pair_j,alpha,width,height\n0,a.png,0,1,0.5,${stated}\n`;
    const path = work.folder({ ...one, 'manifest.csv': Buffer.from(text) });
    if (message === null) expect((await importStimulusSet(path)).width).toBe(2);
    else expect(await refusal(path)).toMatchObject({ code: 'stimuli.wrong-size', message });
  });

  it('a hash may be in capitals', async () => {
    const hash = createHash('sha256').update(Uint8Array.of(9, 9)).digest('hex').toUpperCase();
    const text = `image,file,pair_i,pair_j,alpha,pixel_sha256\n0,a.png,0,1,0.5,${hash}\n`;
    expect((await importStimulusSet(work.folder({ ...one, 'manifest.csv': Buffer.from(text) }))).images).toHaveLength(
      1,
    );
  });

  it('lets other work run between the images', async () => {
    const count = 20;
    const rows = Array.from({ length: count }, (_, id) => `${id},${id}.png,0,1,0`);
    const files = Object.fromEntries(rows.map((_, id) => [`${id}.png`, png()]));
    let turns = 0;
    const turn = setInterval(() => turns++, 0);
    await importStimulusSet(work.folder({ ...files, 'manifest.csv': manifest(...rows) }));
    clearInterval(turn);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('a bad place', () => {
  it('is named: nothing there, no manifest, no archive', async () => {
    expect((await refusal(work.path('nowhere'))).code).toBe('file.not-found');
    expect((await refusal(work.folder({ 'a.png': png() }))).code).toBe('stimuli.no-manifest');
    expect((await refusal(work.zip({ 'a.png': png() }))).code).toBe('stimuli.no-manifest');
    expect((await refusal(work.file(png()))).code).toBe('stimuli.zip-damaged');
    expect((await refusal(work.file(new Uint8Array(0)))).code).toBe('stimuli.zip-damaged');
  });

  it.skipIf(process.platform === 'win32')('has links that lead out, or pipes', async () => {
    const folder = work.folder(one);
    rmSync(join(folder, 'a.png'));
    symlinkSync('/etc/hostname', join(folder, 'a.png'));
    expect((await refusal(folder)).code).toBe('stimuli.outside');
    rmSync(join(folder, 'a.png'));
    execFileSync('mkfifo', [join(folder, 'a.png')]);
    expect((await refusal(folder)).code).toBe('stimuli.not-a-file');
    rmSync(join(folder, 'a.png'));
    writeFileSync(join(folder, 'b.png'), png());
    symlinkSync('b.png', join(folder, 'a.png'));
    expect((await importStimulusSet(folder)).images).toHaveLength(1);
  });
});

describe('a hostile archive', () => {
  it.each(['../evil.png', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\..\\b'])(
    'with the path %s is refused',
    async (name) => {
      expect((await refusal(work.zip({ ...one, [name]: png() }))).code).toBe('stimuli.unsafe-path');
    },
  );

  it('with a file twice, under one name or two spellings, is refused', async () => {
    expect((await refusal(work.zip({ ...one, './a.png': png() }))).code).toBe('stimuli.duplicate-file');
  });

  it('with a symbolic link is refused', async () => {
    const link = work.zip({ ...one, 'a.png': [strToU8('/etc/passwd'), { os: 3, attrs: (0o120777 << 16) >>> 0 }] });
    expect((await refusal(link)).code).toBe('stimuli.not-a-file');
  });

  it('that unpacks to far more than it packs is refused', async () => {
    const bomb = { ...one, 'manifest.csv': new Uint8Array(20 * 2 ** 20) };
    expect((await refusal(work.zip(bomb))).code).toBe('stimuli.zip-bomb');
    expect((await refusal(work.zip({ ...one, 'a.png': new Uint8Array(17 * 2 ** 20) }))).code).toBe(
      'stimuli.file-too-large',
    );
  });

  it('that lies about sizes unpacks no more than it states', async () => {
    const bytes = zipSync({ 'manifest.csv': Buffer.alloc(10 * 2 ** 20, 'a,b\n') });
    const directory = Buffer.from(bytes);
    directory.writeUInt32LE(1000, directory.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    expect((await refusal(work.file(directory))).code).toBe('stimuli.zip-damaged');
  });

  it('that is encrypted, or packed in a way that we do not know, is refused', async () => {
    const patched = (offset: number, value: number): string => {
      const bytes = Buffer.from(zipSync({ 'manifest.csv': manifest('0,a.png,0,1,0') }));
      bytes.writeUInt16LE(value, bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + offset);
      return work.file(bytes);
    };
    expect((await refusal(patched(8, 1))).code).toBe('stimuli.encrypted');
    expect((await refusal(patched(10, 12))).code).toBe('stimuli.zip-damaged');
  });

  it('with any damage gives an error in words, or the set unharmed', async () => {
    const path = work.path('whole.zip');
    await exportStimulusSet(smallStimuli(), path);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const damaged = cut
            ? whole.subarray(0, at)
            : Uint8Array.from(whole, (byte, k) => (k === at ? byte ^ flip : byte));
          const file = work.file(damaged);
          try {
            expect(await importStimulusSet(file)).toEqual(smallStimuli());
            expect(cut).toBe(false);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          } finally {
            rmSync(file);
          }
        },
      ),
      { numRuns: cases(200) },
    );
  });
});
