import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { strToU8, type Zippable, zipSync } from 'fflate';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PreparedSource } from '../../../main/domain/data/data-sources.ts';
import { largest } from '../../../main/files/limits.ts';
import { inspectSource } from '../../../main/contributions/formats/inspect.ts';
import { pixelBudget } from '../../../main/contributions/formats/sources/pixel-budget.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { folderSource } from '../../folder-source.ts';
import {
  type Case,
  expectSentence,
  type Files,
  makePipe,
  pets,
  picture,
  png,
  prepare,
  writeFiles,
} from './image-folder.ts';

const twoClasses = pets();
const inParts = pets(['train/', 'test/']);
const first = (files: Files): Buffer => Buffer.from(Object.values(files)[0] ?? '');

const folderOf =
  (change: (files: Files) => Promise<Files> | Files, wanted: Parameters<typeof folderSource>[1] = {}) =>
  async (): Promise<PreparedSource> =>
    folderSource(writeFiles(await change({ ...(await twoClasses) })), wanted);

const partsOf = (change: (files: Files) => Files) => async (): Promise<PreparedSource> =>
  folderSource(writeFiles(change({ ...(await inParts) })));

/** A folder that is changed after it was written. */
const spoiled = (spoil: (folder: string) => unknown) => async (): Promise<PreparedSource> => {
  const folder = writeFiles(await twoClasses);
  spoil(folder);
  return folderSource(folder);
};

const zipped =
  (change: (files: Zippable) => Zippable, spoil: (zip: Buffer) => Buffer = (zip) => zip) =>
  async (): Promise<PreparedSource> => {
    const files = Object.entries(await twoClasses).map(([name, data]) => [name, Buffer.from(data)] as const);
    const path = join(temporaryFolder(), 'pets.zip');
    writeFileSync(path, spoil(Buffer.from(zipSync(change(Object.fromEntries(files))))));
    return folderSource(path);
  };

/** In one folder, as who zips the folder itself. */
const inTop = (files: Zippable): Zippable =>
  Object.fromEntries(Object.entries(files).map(([name, data]) => [`My pets/${name}`, data]));

/** Sets the flag of encryption in every entry. */
function encrypted(zip: Buffer): Buffer {
  for (let k = 0; k + 10 < zip.length; k++) {
    const signature = zip.readUInt32LE(k);
    if (signature === 0x04034b50) zip.writeUInt16LE(zip.readUInt16LE(k + 6) | 1, k + 6);
    if (signature === 0x02014b50) zip.writeUInt16LE(zip.readUInt16LE(k + 8) | 1, k + 8);
  }
  return zip;
}

const replaced = (zip: Buffer, from: string, to: string): Buffer =>
  Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');

/** A PNG that claims a size, in RGB; or one of one bit a pixel, with all its data. */
function claims(width: number, height: number, isWhole = false): Buffer {
  const part = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, ...(isWhole ? [1, 0] : [8, 2]), 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const data = part('IDAT', deflateSync(Buffer.alloc(isWhole ? height * (1 + width / 8) : 1000)));
  const begin = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([begin, part('IHDR', header), data, part('IEND', Buffer.alloc(0))]);
}

/** A JPEG of which the header alone is large. */
async function hugeJpeg(): Promise<Buffer> {
  const jpeg = await picture(65).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(60_000, frame + 5);
  jpeg.writeUInt16BE(60_000, frame + 7);
  return jpeg;
}

/** Letters that are written in two characters. */
const decomposed = 'Cafe\u0301';

const cases: Case[] = [
  {
    name: 'a folder without files',
    source: spoiled((folder) => mkdirSync(join(folder, 'fox'))),
    error: 'empty-class',
    says: /“fox” holds no image/,
  },
  {
    name: 'a class of texts',
    source: folderOf((files) => ({ ...files, 'fox/a.txt': 'a' })),
    error: 'empty-class',
    says: /“fox”/,
  },
  {
    name: 'a class of damaged images',
    source: folderOf((files) => ({ ...files, 'fox/a.png': 'a' })),
    error: 'empty-class',
    says: /No image of the class “fox” can be used for training/,
  },
  {
    name: 'one image in a class',
    source: folderOf(async (files) => ({ ...files, 'fox/1.png': await png(50) })),
    error: 'one-image',
    says: /one image of the class “fox”/,
  },
  {
    name: 'no images',
    source: async () => folderSource(writeFiles({ 'a.txt': 'a' })),
    error: 'no-classes',
    says: /no folder with images/,
    remedy: /train\/cat/,
  },
  {
    name: 'one class',
    source: async () => folderSource(writeFiles({ 'cat/1.png': await png(1) })),
    error: 'no-classes',
    says: /one folder only/,
  },
  {
    name: 'no folder',
    source: async () => folderSource(join(temporaryFolder(), 'none')),
    error: 'file.not-found',
    says: /no such file or folder/,
    where: /none$/,
  },
  {
    name: 'mixed sizes',
    source: folderOf(async (files) => ({ ...files, 'cat/big.png': await png(60, 30, 20) })),
    says: /2 sizes \(30 × 20, 8 × 8\); all were scaled/,
  },
  {
    name: 'gray, color and transparent images',
    source: folderOf(async (files) => ({
      ...files,
      'cat/gray.png': await picture(61).greyscale().png().toBuffer(),
      'dog/alpha.png': await picture(62).ensureAlpha(0.5).png().toBuffer(),
    })),
    says: /1 image has transparent pixels, which show #000000/,
  },
  {
    name: 'CMYK',
    source: folderOf(async (files) => ({
      ...files,
      'cat/cmyk.jpg': await picture(63).toColourspace('cmyk').jpeg().toBuffer(),
    })),
    says: /20 %/,
  },
  {
    name: 'a JPEG that is cut short',
    source: folderOf(async (files) => ({
      ...files,
      'cat/short.jpg': (await picture(64).jpeg().toBuffer()).subarray(0, -20),
    })),
    says: /cat\/short.jpg: it is damaged or cut short/,
  },
  {
    name: 'a PNG without its end',
    source: folderOf((files) => ({ ...files, 'cat/short.png': first(files).subarray(0, -6) })),
    says: /cat\/short.png: it is damaged or cut short/,
  },
  {
    name: 'a text named .png',
    source: folderOf((files) => ({ ...files, 'cat/text.png': 'Dear diary' })),
    says: /cat\/text.png: its content is not a JPEG/,
  },
  {
    name: 'a drawing named .png',
    source: folderOf((files) => ({ ...files, 'cat/svg.png': '<svg xmlns="http://www.w3.org/2000/svg"/>' })),
    says: /its content is not a JPEG/,
  },
  {
    name: '50,000 x 50,000 pixels',
    source: folderOf((files) => ({ ...files, 'cat/huge.png': claims(50_000, 50_000) })),
    says: /50000 × 50000 pixels, and at most 100 million are read/,
  },
  {
    name: 'a small JPEG of 60,000 x 60,000 pixels',
    source: folderOf(async (files) => ({ ...files, 'cat/huge.jpg': await hugeJpeg() })),
    says: /cat\/huge.jpg: it has 60000 × 60000 pixels, and at most 100 million are read/,
  },
  {
    name: 'a side of 200,000 pixels',
    source: folderOf((files) => ({ ...files, 'cat/long.png': claims(200_000, 1) })),
    says: /200000 × 1 pixels, and at most 65,535 a side are read/,
  },
  {
    name: 'color that is read in gray',
    source: folderOf(async (files) => ({ ...files, 'cat/gray.png': await picture(61).greyscale().png().toBuffer() }), {
      channels: 1,
    }),
    says: /^6 images have color and are read in gray/,
  },
  {
    name: 'numbers with a floating point',
    source: folderOf(async (files) => ({
      ...files,
      'cat/float.tif': await sharp(
        Float32Array.from({ length: 64 }, (_, k) => k),
        { raw: { width: 8, height: 8, channels: 1 } },
      )
        .toColourspace('b-w')
        .tiff()
        .toBuffer(),
    })),
    says: /20 %|type float/,
  },
  {
    name: 'classes that differ in capitals',
    source: folderOf((files) => ({ ...files, 'Cat/1.png': first(files), 'Cat/2.png': first(files) })),
    error: 'alike-classes',
    says: /“Cat” and “cat” differ only in capitals/,
  },
  {
    name: 'emoji as names',
    source: folderOf((files) => ({ ...files, '🐱/1.png': first(files), '🐱/2.png': first(files) })),
    classes: ['cat', 'dog', '🐱'],
    says: /20 %/,
  },
  {
    name: 'control characters as names',
    source: folderOf((files) => ({ ...files, 'a\u0007b/1.png': first(files) })),
    error: 'class-name',
    says: /cannot be shown/,
  },
  {
    name: 'a name of 100 characters',
    source: folderOf((files) => ({ ...files, [`${'x'.repeat(100)}/1.png`]: first(files) })),
    error: 'class-name',
    says: /100 characters/,
  },
  {
    name: 'links in a circle',
    source: spoiled((folder) => symlinkSync(folder, join(folder, 'cat', 'again'))),
    says: /cat\/again: it is a link that leads nowhere, or back/,
  },
  {
    name: 'a link to nothing',
    source: spoiled((folder) => symlinkSync('/nowhere/at/all.png', join(folder, 'cat', 'gone.png'))),
    says: /cat\/gone.png: it is a link/,
  },
  {
    name: 'a file that nobody may read',
    source: spoiled((folder) => {
      writeFileSync(join(folder, 'cat', 'closed.png'), 'secret');
      chmodSync(join(folder, 'cat', 'closed.png'), 0);
    }),
    // Root may read it.
    says: process.getuid?.() === 0 ? /closed.png: its content/ : /closed.png: it cannot be opened \(EACCES\)/,
  },
  // Reading this memory at its start is an input error, as of a broken disk.
  ...(existsSync('/proc/self/mem')
    ? [
        {
          name: 'a disk that fails',
          source: spoiled((folder) => symlinkSync('/proc/self/mem', join(folder, 'cat', 'broken.png'))),
          error: 'unreadable',
          says: /“cat\/broken.png” cannot be read \(EIO\)/,
          remedy: /Nothing was stored/,
        },
      ]
    : []),
  {
    name: 'a pipe named .png',
    source: spoiled((folder) => makePipe(join(folder, 'cat', 'pipe.png'))),
    says: /cat\/pipe.png: it is not a plain file/,
  },
  {
    name: 'the same image in two classes',
    source: partsOf((files) => ({ ...files, 'train/dog/cat.png': files['train/cat/1.png'] ?? '' })),
    says: /same image is in two classes: train\/cat\/1.png and train\/dog\/cat.png/,
  },
  {
    name: 'a training image in the test',
    source: partsOf((files) => ({ ...files, 'test/cat/seen.png': files['train/cat/1.png'] ?? '' })),
    says: /1 test image also is a training image, e.g. test\/cat\/seen.png/,
  },
  {
    name: 'a class for the test only',
    source: partsOf((files) => ({ ...files, 'test/fox/1.png': first(files) })),
    error: 'no-training-images',
    says: /“fox” has test images but no training images/,
  },
  {
    name: 'images beside train and test',
    source: partsOf((files) => ({ ...files, 'extra/cat/1.png': first(files) })),
    says: /extra\/cat\/1.png: it lies beside the folders/,
  },
  {
    name: 'validation images',
    source: partsOf((files) => ({ ...files, 'val/cat/1.png': first(files) })),
    says: /val\/cat\/1.png: it is a validation image/,
  },
  {
    name: 'too few names',
    source: folderOf(async (files) => ({ ...files, 'fox/1.png': await png(70), 'fox/2.png': await png(71) }), {
      classes: ['a', 'b'],
    }),
    error: 'class-names',
    says: /2 names are given for 3 class folders/,
  },
  {
    name: 'a class that is not there',
    source: folderOf((files) => files, { folders: ['cat', 'fox'] }),
    error: 'no-such-class',
    says: /class “fox”/,
    remedy: /cat, dog/,
  },
  {
    name: 'chosen folders in decomposed letters',
    source: folderOf(
      async (files) => ({ ...files, 'Caf\u00e9/1.png': await png(70), 'Caf\u00e9/2.png': await png(71) }),
      {
        folders: ['cat', decomposed],
      },
    ),
    classes: ['cat', 'Caf\u00e9'],
    says: /20 %/,
  },
  {
    name: 'images of one gray',
    source: async () => {
      const blank = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
        .png()
        .toBuffer();
      return folderSource(
        writeFiles({ 'cat/1.png': blank, 'cat/2.png': blank, 'dog/1.png': blank, 'dog/2.png': blank }),
      );
    },
    error: 'no-contrast',
    says: /same value/,
  },
  {
    name: 'too many pixels for memory',
    source: folderOf(
      (files) => ({ ...files, ...Object.fromEntries(Array.from({ length: 400 }, (_, k) => [`cat/x${k}.png`, 'x'])) }),
      { width: 1024, height: 1024 },
    ),
    error: 'too-large',
    says: /406 images of 1024 × 1024 pixels in color take/,
  },
  {
    name: 'a zip that leads out',
    source: zipped((files) => ({ ...files, '../../etc/cat.png': strToU8('x') })),
    error: 'zip-unsafe',
    says: /lead out of it: "..\/..\/etc\/cat.png"/,
  },
  {
    name: 'a class without files in a zip',
    source: zipped((files) => inTop({ ...files, 'fox/': new Uint8Array(0) })),
    error: 'empty-class',
    says: /“fox” holds no image/,
  },
  {
    name: 'a zip with folders as entries',
    source: zipped((files) => inTop({ ...files, 'cat/': new Uint8Array(0), '': new Uint8Array(0) })),
    classes: ['cat', 'dog'],
    says: /20 %/,
  },
  {
    name: 'folders in folders in a zip',
    source: zipped((files) =>
      Object.fromEntries(Object.entries(files).map(([name, data]) => [`${'a/'.repeat(20_000)}${name}`, data])),
    ),
    error: 'no-classes',
    says: /no folder with images/,
  },
  {
    name: 'a zip bomb',
    source: zipped((files) => ({ ...files, 'cat/bomb.png': new Uint8Array(3 * 2 ** 20) })),
    says: /cat\/bomb.png: it unpacks to more than 200 times/,
  },
  {
    name: 'a zip with a password',
    source: zipped((files) => files, encrypted),
    error: 'zip-encrypted',
    says: /protected by a password/,
  },
  {
    name: 'a zip with a link',
    source: zipped((files) => ({
      ...files,
      'cat/link.png': [strToU8('/etc/passwd'), { os: 3, attrs: 0o120777 * 65536 }],
    })),
    says: /cat\/link.png: it is not a plain file/,
  },
  {
    name: 'a zip with two files of a name',
    source: zipped(
      (files) => files,
      (zip) => replaced(zip, 'cat/1.png', 'cat/2.png'),
    ),
    error: 'zip-duplicate',
    says: /“cat\/2.png” twice/,
  },
  {
    name: 'a zip that is cut short',
    source: zipped(
      (files) => files,
      (zip) => zip.subarray(0, -40),
    ),
    error: 'not-zip',
    says: /cannot be read as a zip/,
  },
  {
    name: 'a zip with damaged bytes',
    source: zipped(
      (files) => files,
      (zip) => {
        zip.fill(7, 60, 90);
        return zip;
      },
    ),
    says: /cat\/0.png: its size or checksum is wrong|cat\/0.png/,
  },
];

describe('what is wrong with images is said in one sentence', () => {
  it.each(cases)('$name', expectSentence);
});

describe('a small zip of large empty images', () => {
  const empty = claims(10_000, 10_000, true);
  const files = Object.fromEntries(
    ['cat', 'dog'].flatMap((name) => Array.from({ length: 20 }, (_, k) => [`${name}/${k}.png`, empty])),
  );
  const write = (): string => {
    const path = join(temporaryFolder(), 'pets.zip');
    const zip = zipSync(files);
    expect(zip.length).toBeLessThan(60_000);
    writeFileSync(path, zip);
    return path;
  };
  const refusal = (path: string) => ({
    code: 'data-set.pixel-bomb',
    where: path,
    message: expect.stringMatching(/^These images have more than \d{3},\d{3},\d{3} pixels in [\d.]+\s[kK]B, which/),
  });

  it('is refused by its headers, when it is looked at and when it is read', async () => {
    const path = write();
    await expect(prepare(folderSource(path))).rejects.toMatchObject(refusal(path));
    const context = { progress: () => undefined, signal: new AbortController().signal };
    await expect(inspectSource({ path, name: 'pets.zip', choice: {} }, context)).rejects.toMatchObject(refusal(path));
  });

  it('large images whose files are as large as those of drawings are read', async () => {
    const spend = pixelBudget(
      [{ size: () => Promise.resolve(700_000) }, { size: () => Promise.resolve(300_000) }],
      'x',
    );
    for (let k = 0; k < 10; k++) await spend(largest.imagePixels);
    await expect(spend(1)).rejects.toMatchObject({
      message: expect.stringContaining('more than 1,000,000,000 pixels in 1'),
    });
  });
});
