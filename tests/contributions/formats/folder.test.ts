import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, toSize } from '../../../main/contributions/formats/sources/decode-image.ts';
import { BlobStore, sha256 } from '../../../main/files/blobs.ts';
import { changeChannels } from '../../../main/domain/data/images.ts';
import { prepareDataSet } from '../../../main/contributions/formats/prepare.ts';
import { readPrepared } from '../../../main/training/data/load/prepared.ts';
import { filesAt } from '../../../main/contributions/formats/sources/kinds.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { folderSource } from '../../folder-source.ts';
import { type Files, pattern, pets, picture, png, prepare, writeFiles } from './image-folder.ts';

const reversed = (files: Files): Files => Object.fromEntries(Object.entries(files).reverse());

const zipOf = (files: Files): string => {
  const path = join(temporaryFolder(), 'pets.zip');
  const bytes = Object.entries(files).map(([name, data]) => [name, Buffer.from(data)] as const);
  writeFileSync(path, zipSync(Object.fromEntries(bytes)));
  return path;
};

describe('an image folder', () => {
  it('becomes a blob whose name is the hash of the data set', async () => {
    const files = await pets(['train/', 'test/']);
    const source = folderSource(writeFiles(files));
    const { blobs, hash, ...prepared } = await prepare(source);
    const data = readPrepared(source, hash, blobs);
    expect(sha256(blobs.get(hash))).toBe(hash);
    expect(blobs.get(hash).toString('latin1', 0, 40)).toBe('boundary-workbench/data-set/2 2 8 8 3 6 ');
    expect(prepared.classes).toEqual(['cat', 'dog']);
    expect(data.classes).toHaveLength(2);
    expect([...data.train.labels, ...data.test.labels]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
    expect([...data.train.images.subarray(0, 8 * 8 * 3)]).toEqual([...pattern(1)]);
    expect(data).toMatchObject({ name: 'pets', width: 8, height: 8, channels: 3, mean: prepared.mean });
  });

  it('is refused where a blob of its hash has labels of no class', async () => {
    const source = folderSource(writeFiles(await pets(['train/', 'test/'])));
    const { blobs, hash } = await prepare(source);
    const bytes = Buffer.from(blobs.get(hash));
    bytes[bytes.length - 1] = 255;
    const hostile = blobs.put(bytes);
    expect(() => readPrepared(source, hostile, blobs)).toThrow('Labels of this data set are of no class');
    const three = folderSource('/elsewhere', { classes: ['cat', 'dog', 'fox'] });
    expect(() => readPrepared(three, hash, blobs)).toThrow('Labels of this data set are of no class');
  });

  it('has the same bytes in any order of files, at any time, and in zips', async () => {
    const files = await pets();
    const { hash } = await prepare(folderSource(writeFiles(files)));
    const again = writeFiles(reversed(files));
    for (const name of Object.keys(files)) utimesSync(join(again, name), 1, 1);
    expect((await prepare(folderSource(again))).hash).toBe(hash);
    expect((await prepare(folderSource(zipOf(reversed(files))))).hash).toBe(hash);
    const beside = await prepare(folderSource(zipOf({ 'README.txt': 'a', 'cover.png': await png(99), ...files })));
    expect(beside.hash).toBe(hash);
    expect(beside.findings.leftOut.map(({ count }) => count)).toEqual([1, 1]);
    // Somebody zipped the folder itself, on a Mac, or each class.
    const inFolder = Object.entries(files).map(([name, data]) => [`My pets/${name}`, data] as const);
    const rubbish = { '__MACOSX/My pets/cat/._0.png': 'x', 'My pets/.DS_Store': 'x' };
    expect((await prepare(folderSource(zipOf({ ...Object.fromEntries(inFolder), ...rubbish })))).hash).toBe(hash);
    const folder = temporaryFolder();
    for (const name of ['cat', 'dog']) {
      const own = Object.entries(files).filter(([path]) => path.startsWith(name));
      writeFileSync(
        join(folder, `${name}.zip`),
        zipSync(Object.fromEntries(own.map(([path, data]) => [path, Buffer.from(data)]))),
      );
    }
    expect((await prepare(folderSource(folder))).hash).toBe(hash);
  });

  it('has other bytes once a pixel changes, another background, size or seed is wanted', async () => {
    const files = await pets();
    const folder = writeFiles(files);
    const hashes = new Set([(await prepare(folderSource(folder))).hash]);
    for (const wanted of [{ width: 9 }, { channels: 1 as const }, { split: { testShare: 0.5, seed: 4 } }]) {
      hashes.add((await prepare(folderSource(folder, wanted))).hash);
    }
    const pixels = pattern(1);
    pixels[0] = (pixels[0] ?? 0) ^ 1;
    const changed = await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'cat/0.png'), changed);
    hashes.add((await prepare(folderSource(folder))).hash);
    expect(hashes.size).toBe(5);
  });

  it('is split by content: names and order do not count, and equal files stay together', async () => {
    const files = await pets([''], 10);
    const names = Object.keys(files);
    files['cat/copy.png'] = files['cat/0.png'] ?? '';
    const source = folderSource(writeFiles(files));
    const { blobs, hash, ...found } = await prepare(source);
    expect(found.findings.classes.map(({ test }) => test)).toEqual([2, 2]);
    expect(found.findings.sameInTest.count).toBe(0);
    const renamed: Files = {};
    for (const [index, name] of names.entries()) {
      renamed[`${name.split('/')[0]}/${String(names.length - index).padStart(3, '0')}.png`] = files[name] ?? '';
    }
    renamed['dog/copy.png'] = files['dog/0.png'] ?? '';
    const other = folderSource(writeFiles(renamed));
    const second = await prepare(other);
    const testOf = (data: ReturnType<typeof readPrepared>): string[] =>
      Array.from({ length: data.test.count }, (_, k) =>
        sha256(data.test.images.subarray(k * 192, (k + 1) * 192)),
      ).sort();
    expect(testOf(readPrepared(other, second.hash, second.blobs))).toEqual(testOf(readPrepared(source, hash, blobs)));
  });

  it('keeps images that look the same in one part, however their files are written', async () => {
    const files = await pets([''], 10);
    // Enough copies that by their own hashes some would be drawn, with files of other bytes.
    for (const level of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      const again = sharp(files['cat/0.png']).png({ compressionLevel: level, adaptiveFiltering: level % 2 === 0 });
      files[`cat/again${level}.png`] = await again.toBuffer();
    }
    const { findings } = await prepare(folderSource(writeFiles(files)));
    expect(findings.sameInTest.count).toBe(0);
  });

  it('takes chosen classes in the order that they are named in, with their own names', async () => {
    const files = { ...(await pets()), 'bird/1.png': await png(90), 'bird/2.png': await png(91) };
    const wanted = { folders: ['dog', 'bird'], classes: ['Hund 🐶', 'Vogel'] };
    const { classes, findings } = await prepare(folderSource(writeFiles(files), wanted));
    expect(classes).toEqual(['Hund 🐶', 'Vogel']);
    expect(findings.classes.map(({ train, test }) => train + test)).toEqual([3, 2]);
    expect(findings.leftOut).toEqual([]);
  });

  it('reports images that are in both parts, nearly so, and in two classes', async () => {
    const noise = (change: number): Promise<Buffer> => {
      const pixels = Uint8Array.from(
        { length: 32 * 32 * 3 },
        (_, k) => (Math.floor(k / 96) * 8) ^ (k % 7 === 0 ? change : 0),
      );
      return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
        .png()
        .toBuffer();
    };
    const files = await pets(['train/', 'test/']);
    files['test/cat/again.png'] = files['train/cat/1.png'] ?? '';
    files['train/dog/no-cat.png'] = files['train/cat/2.png'] ?? '';
    files['train/dog/near.png'] = await noise(0);
    files['test/dog/near.png'] = await noise(2);
    const { findings } = await prepare(folderSource(writeFiles(files), { width: 32, height: 32, resize: 'fit' }));
    expect(findings.sameInTest).toEqual({
      count: 1,
      examples: [{ first: 'train/cat/1.png', second: 'test/cat/again.png' }],
    });
    expect(findings.inTwoClasses.examples).toEqual([{ first: 'train/cat/2.png', second: 'train/dog/no-cat.png' }]);
    expect(findings.nearInTest.examples).toEqual([{ first: 'train/dog/near.png', second: 'test/dog/near.png' }]);
  });
});

it('a folder that goes away while its images are read makes no smaller data set', async () => {
  const folder = writeFiles(await pets([''], 12));
  const blobs = new BlobStore(temporaryFolder());
  const progress = (_: number, __: unknown, what: string): void => {
    if (what === 'images') rmSync(join(folder, 'dog'), { recursive: true, force: true });
  };
  const reading = prepareDataSet(folderSource(folder), blobs, { progress, signal: new AbortController().signal });
  await expect(reading).rejects.toMatchObject({
    code: 'data-set.unreadable',
    where: folder,
    message: expect.stringMatching(/“dog\/\d+.png” cannot be read \(ENOENT\)/),
    remedy: expect.stringContaining('Nothing was stored'),
  });
});

it('a path that no file can have is said in words', () => {
  expect(() => filesAt(`/${'a'.repeat(5000)}`)).toThrow('The path is too long');
});

describe('an image', () => {
  const black = [0, 0, 0] as const;
  const toGray = ({ pixels }: { pixels: Uint8Array }): Uint8Array => changeChannels(pixels, 3, 1);
  const raw = (pixels: Uint8Array | Uint16Array, channels: 1 | 2 | 3 | 4) =>
    sharp(pixels, { raw: { width: 2, height: 2, channels } });

  it('is decoded from every format, turned as EXIF says', async () => {
    const pixels = pattern(5, 3, 2);
    const image = sharp(pixels, { raw: { width: 3, height: 2, channels: 3 } });
    const formats = [
      image.clone().png(),
      image.clone().webp({ lossless: true }),
      image.clone().tiff({ compression: 'lzw' }),
    ];
    for (const format of formats) {
      const decoded = await decodeImage(await format.toBuffer(), black);
      expect(decoded).toEqual({ width: 3, height: 2, channels: 3, pixels: Buffer.from(pixels), isTransparent: false });
    }
    const gif = await decodeImage(await image.clone().gif().toBuffer(), black);
    expect([gif.width, gif.height]).toEqual([3, 2]);
    const turned = await image.clone().png().withExif({}).withMetadata({ orientation: 6 }).toBuffer();
    const { width, height, pixels: upright } = await decodeImage(turned, black);
    expect([width, height, ...upright.subarray(3, 6)]).toEqual([2, 3, ...pixels.subarray(0, 3)]);
  });

  it('keeps gray values, and rounds 16 bits to 8', async () => {
    const gray = await raw(Uint8Array.of(0, 17, 128, 255), 1)
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect([...toGray(await decodeImage(gray, black))]).toEqual([0, 17, 128, 255]);
    const deep = await raw(Uint16Array.of(0, 128, 129, 65535), 1)
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...toGray(await decodeImage(deep, black))]).toEqual([0, 0, 1, 255]);
  });

  it('lies over the background where it is transparent', async () => {
    const pixels = Uint8Array.of(200, 100, 0, 255, 200, 100, 0, 128, 200, 100, 0, 0, 9, 9, 9, 0);
    const decoded = await decodeImage(await raw(pixels, 4).png().toBuffer(), [10, 20, 30]);
    expect([...decoded.pixels]).toEqual([200, 100, 0, 105, 60, 15, 10, 20, 30, 10, 20, 30]);
    expect(decoded.isTransparent).toBe(true);
  });

  it('shows CMYK as viewers do', async () => {
    const red = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#e02010' } })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    const { pixels } = await decodeImage(red, black);
    expect((pixels[0] ?? 0) - (pixels[1] ?? 0)).toBeGreaterThan(120);
  });

  it('is the same whatever number of threads libvips has', async () => {
    const photo = await picture(3, 200, 150).jpeg().toBuffer();
    const one = await decodeImage(photo, black);
    sharp.concurrency(4);
    expect(await decodeImage(photo, black)).toEqual(one);
    sharp.concurrency(1);
  });

  it('is refused in the same words whatever is decoded beside it', async () => {
    const whole = await picture(3, 64, 64).jpeg().toBuffer();
    const broken = (await png(5, 64, 64)).fill(7, 60, 90);
    const all = Array.from({ length: 48 }, (_, k) => [whole, whole.subarray(0, -20), broken][k % 3] ?? whole);
    const outcomes = await Promise.all(
      all.map((bytes) =>
        decodeImage(bytes, black).then(
          () => 'whole',
          (error: unknown) => String(error),
        ),
      ),
    );
    const refused = 'UnusableImage: it is damaged or cut short';
    expect(outcomes).toEqual(all.map((bytes) => (bytes === whole ? 'whole' : refused)));
  });

  it('gets its size by stretching, cropping or padding', async () => {
    // 4 x 2: a red half and a blue half.
    const color = [255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255];
    const image = {
      width: 4,
      height: 2,
      channels: 3,
      pixels: Uint8Array.from([...color, ...color]),
      isTransparent: false,
    } as const;
    const to = { width: 2, height: 2, channels: 3 } as const;
    const red = (pixels: Uint8Array): number[] => [0, 1, 2, 3].map((k) => pixels[3 * k] ?? -1);
    const green = (pixels: Uint8Array): number[] => [0, 1, 2, 3].map((k) => pixels[3 * k + 1] ?? -1);
    expect(red(toSize(image, to, 'fit', black))).toEqual([219, 36, 219, 36]);
    expect(red(toSize(image, to, 'fill', black))).toEqual([255, 0, 255, 0]);
    expect(green(toSize(image, { ...to, height: 3 }, 'pad', [1, 2, 3]))).toEqual([2, 2, 0, 0]);
    // Uneven: of three columns that protrude, two are cut off at the left.
    const wide = { ...image, width: 7, height: 2, pixels: pattern(4, 7, 2) };
    const kept = [2, 3, 4, 5].flatMap((x) => [...wide.pixels.subarray(3 * x, 3 * x + 3)]);
    expect([...toSize(wide, { ...to, width: 4 }, 'fill', black)].slice(0, 12)).toEqual(kept);
  });

  it('of extreme proportions takes as much memory as another one', () => {
    // Enlarged as a whole it would have more pixels than an array can hold.
    const [length, to] = [1_000_000, { width: 32, height: 32, channels: 3 } as const];
    for (const [width, height] of [
      [length, 1],
      [1, length],
    ] as const) {
      const image = { width, height, channels: 3 as const, pixels: pattern(1, length, 1), isTransparent: false };
      const [filled, ...others] = (['fill', 'fit', 'pad'] as const).map((resize) => toSize(image, to, resize, black));
      for (const pixels of [filled, ...others]) expect(pixels).toHaveLength(32 * 32 * 3);
      // Of 32 pixels in the place of each, the middle 32 are kept: the first lies 1/64 beside the center of a pixel.
      const [before = 0, at = 0] = [length / 2 - 1, length / 2].map((k) => image.pixels[3 * k]);
      expect(filled?.[0]).toBe(Math.round((63 * before + at) / 64));
    }
  });
});
