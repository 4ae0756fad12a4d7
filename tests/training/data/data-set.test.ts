import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { checkedStatistics, type DataSet, hashDataSet, pixelStatistics } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { readIdxImages, readIdxLabels } from '../../../main/training/data/sources/idx/idx.ts';
import { idx, type SmallSet, smallSet, writeSet } from './idx-files.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const written = (files: SmallSet, classes?: string[]) => {
  const set = writeSet(files, classes);
  cleanups.push(set.remove);
  return set;
};

const load = (changes: Partial<SmallSet>, classes?: string[]): DataSet => {
  const { source, folder } = written({ ...smallSet(), ...changes }, classes);
  return loadDataSet(source, folder);
};

const errorOf = (action: () => unknown): UserError => {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
};

describe('MNIST', () => {
  const mnist = loadDataSet({ source: 'mnist' }, '.');

  it('has its published size, mean and deviation, and one hash on every machine', () => {
    expect([mnist.name, mnist.width, mnist.height, mnist.train.count, mnist.test.count]).toEqual([
      'MNIST',
      28,
      28,
      60_000,
      10_000,
    ]);
    expect(mnist).toMatchObject({ channels: 1, mean: [expect.closeTo(0.1307, 4)], std: [expect.closeTo(0.3081, 4)] });
    expect(mnist.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(mnist.hash).toBe('e1350ec766fabf847b83802704e982b0fc9750ba24f7ca8deefd8be0d3e47923');
  });

  it('is the same with or without its hash, or with a wrong one', () => {
    for (const known of [mnist.hash, '0'.repeat(64)]) {
      const again = loadDataSet({ source: 'mnist' }, '.', known);
      expect({ ...again, train: again.train.count, test: again.test.count }).toEqual({
        ...mnist,
        train: mnist.train.count,
        test: mnist.test.count,
      });
    }
  });

  it('begins with the well-known first labels, and its images are digits on black', () => {
    expect([...mnist.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...mnist.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    expect(mnist.train.images).toHaveLength(60_000 * 784);
    expect(Math.max(...mnist.train.images.subarray(0, 28))).toBe(0);
    expect(Math.max(...mnist.train.images.subarray(0, 784))).toBe(255);
  });
});

describe('a data set from IDX files', () => {
  it('is what the files hold, with a hash over header, pixels and labels', () => {
    const set = load({});
    expect(set).toMatchObject({ name: 'pets', classes: ['cat', 'dog'], height: 3, width: 2 });
    expect(set.train).toEqual({
      count: 4,
      images: Uint8Array.from({ length: 24 }, (_, k) => k * 10),
      labels: Uint8Array.of(0, 1, 1, 0),
    });
    expect([...set.test.labels]).toEqual([1, 1]);
    expect(set.mean).toBeCloseTo(115 / 255, 12);
    expect(set.std).toBeCloseTo((Math.sqrt((24 ** 2 - 1) / 12) * 10) / 255, 12);
    const bytes = createHash('sha256').update('boundary-workbench/data-set/1 2 3 2 4 2\n');
    for (const part of [set.train.images, set.train.labels, set.test.images, set.test.labels]) bytes.update(part);
    expect(set.hash).toBe(bytes.digest('hex'));
  });

  it('is the same from .gz files, seen by their bytes, and under other class names; not with other labels', () => {
    const plain = load({});
    const small = smallSet();
    expect(load({ trainImages: gzipSync(small.trainImages), testLabels: gzipSync(small.testLabels) })).toEqual(plain);
    expect(load({}, ['a', 'b']).hash).toBe(plain.hash);
    expect(load({ trainLabels: idx([4], Uint8Array.of(0, 1, 1, 1)) }).hash).not.toBe(plain.hash);
  });

  it('may lack a class in its test part', () => {
    expect([...load({}).test.labels]).not.toContain(0);
  });

  it.each<[code: string, file: string, changes: Partial<SmallSet>, classes?: string[]]>([
    ['data-set.count-mismatch', 'trainLabels', { trainLabels: idx([3], Uint8Array.of(0, 1, 1)) }],
    ['data-set.size-mismatch', 'testImages', { testImages: idx([2, 2, 2], new Uint8Array(8)) }],
    ['data-set.label-out-of-range', 'testLabels, label 2', { testLabels: idx([2], Uint8Array.of(0, 2)) }],
    ['data-set.empty-class', 'trainLabels', {}, ['cat', 'dog', 'bird']],
    ['data-set.no-contrast', 'trainImages', { trainImages: idx([4, 3, 2], new Uint8Array(24).fill(9)) }],
    ['data-set.duplicate-class', 'dataSet.classes', {}, ['cat', 'cat']],
    ['idx.wrong-magic', 'trainImages', { trainImages: smallSet().trainLabels }],
    ['idx.wrong-magic', 'testLabels', { testLabels: smallSet().testImages }],
    ['idx.wrong-magic', 'trainImages', { trainImages: Buffer.from('PNG and other things') }],
    ['idx.truncated', 'trainImages', { trainImages: Buffer.alloc(0) }],
    ['idx.truncated', 'trainImages', { trainImages: smallSet().trainImages.subarray(0, 9) }],
    ['idx.truncated', 'trainImages', { trainImages: smallSet().trainImages.subarray(0, -1) }],
    ['idx.truncated', 'trainImages', { trainImages: gzipSync(smallSet().trainImages).subarray(0, -9) }],
    ['idx.truncated', 'trainImages', { trainImages: gzipSync(smallSet().trainImages.subarray(0, -1)) }],
    ['idx.truncated', 'trainImages', { trainImages: gzipSync(smallSet().trainImages).subarray(0, 12) }],
    ['idx.trailing-bytes', 'testImages', { testImages: Buffer.concat([smallSet().testImages, Buffer.of(0)]) }],
    [
      'idx.trailing-bytes',
      'testImages',
      { testImages: gzipSync(Buffer.concat([smallSet().testImages, Buffer.of(0)])) },
    ],
    [
      'idx.gzip-damaged',
      'testImages',
      { testImages: Buffer.from([0x1f, 0x8b, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]) },
    ],
    ['idx.empty', 'testLabels', { testLabels: idx([0], new Uint8Array(0)) }],
    ['idx.bad-size', 'testImages', { testImages: idx([2, 0, 2], new Uint8Array(0)) }],
    ['idx.bad-size', 'testImages', { testImages: idx([1, 4096, 1], new Uint8Array(4096)) }],
    ['idx.too-large', 'testImages', { testImages: idx([0xffff_ffff, 1024, 1024], new Uint8Array(10)) }],
  ])('%s: %s', (code, file, changes, classes) => {
    const error = errorOf(() => load(changes, classes));
    expect(error.code).toBe(code);
    expect(error.where).toContain(file);
    expect(error.remedy).not.toBe('');
  });

  it('has an undamaged checksum inside a .gz', () => {
    const packed = gzipSync(smallSet().trainImages);
    packed.writeUInt32LE(packed.readUInt32LE(packed.length - 8) ^ 1, packed.length - 8);
    expect(errorOf(() => load({ trainImages: packed })).code).toBe('idx.gzip-damaged');
  });

  it('reports that images and labels are swapped', () => {
    expect(errorOf(() => load({ trainImages: smallSet().trainLabels })).remedy).toContain('swap');
  });

  it('names a missing file, a folder, and a pipe, for which it does not wait', () => {
    const { source, folder } = written(smallSet());
    const path = join(folder, 'trainImages');
    rmSync(path);
    expect(errorOf(() => loadDataSet(source, folder))).toMatchObject({ code: 'file.not-found', where: path });
    mkdirSync(path);
    expect(errorOf(() => loadDataSet(source, folder)).code).toBe('idx.not-a-file');
    if (process.platform === 'win32') return;
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
    expect(errorOf(() => loadDataSet(source, folder)).code).toBe('idx.not-a-file');
  });

  it('is refused before it is read if a file is huge', () => {
    const { source, folder } = written(smallSet());
    truncateSync(join(folder, 'testImages'), 2 ** 30);
    expect(errorOf(() => loadDataSet(source, folder)).code).toBe('idx.trailing-bytes');
    truncateSync(join(folder, 'testImages'), 2 ** 31);
    expect(errorOf(() => loadDataSet(source, folder)).code).toBe('idx.too-large');
  });

  it('unpacks no more of a gzip bomb than its header announces', () => {
    const { source, folder } = written(smallSet());
    // 1 GB of zeros behind an honest header, in 1 MB: deflate blocks are repeated, so that nothing large is made.
    const zeros = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: 3 });
    const first = deflateRawSync(smallSet().testImages, { finishFlush: 3 });
    const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    writeFileSync(join(folder, 'testImages'), Buffer.concat([header, first, ...new Array<Buffer>(1024).fill(zeros)]));
    const before = process.memoryUsage().rss;
    expect(errorOf(() => loadDataSet(source, folder)).code).toBe('idx.trailing-bytes');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe('IDX files of any size', () => {
  it('are read as they were written, plain and packed; any cut is noticed', () => {
    const { folder } = written(smallSet());
    const path = join(folder, 'any');
    const side = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        fc.nat(255),
        fc.boolean(),
        fc.double({ min: 0, max: 0.999 }),
        (n, h, w, value, packed, cut) => {
          const pixels = Uint8Array.from({ length: n * h * w }, (_, k) => (value + 7 * k) % 256);
          const plain = idx([n, h, w], pixels);
          const bytes = packed ? gzipSync(plain) : plain;
          writeFileSync(path, bytes);
          expect(readIdxImages(path)).toEqual({ count: n, height: h, width: w, pixels });
          writeFileSync(path, bytes.subarray(0, Math.floor(cut * bytes.length)));
          expect(errorOf(() => readIdxImages(path)).code).toMatch(/^idx\.(truncated|wrong-magic)$/);
        },
      ),
    );
  });

  it('are compared with an MD5 where one is known', () => {
    const { folder } = written(smallSet());
    const md5 = createHash('md5').update(smallSet().testLabels).digest('hex');
    expect([...readIdxLabels(join(folder, 'testLabels'), { md5 })]).toEqual([1, 1]);
    expect(errorOf(() => readIdxLabels(join(folder, 'trainLabels'), { md5 })).code).toBe('idx.wrong-md5');
  });
});

it('scales a channel that never changes by 1, and refuses images without any contrast', () => {
  expect(checkedStatistics(Uint8Array.of(0, 51, 0, 0, 0, 0), 3, 'here')).toEqual({
    mean: [0, expect.closeTo(0.1, 12), 0],
    std: [1, expect.closeTo(0.1, 12), 1],
  });
  const constant = (): unknown => checkedStatistics(Uint8Array.of(1, 2, 3, 1, 2, 3), 3, 'here');
  expect(errorOf(constant)).toMatchObject({ code: 'data-set.no-contrast', where: 'here' });
});

it('hashes what a set consists of, with the number of channels if it is 3', () => {
  const part = { count: 2, images: Uint8Array.from({ length: 12 }, (_, k) => k), labels: Uint8Array.of(0, 1) };
  const bytes = Buffer.concat([part.images, part.labels, part.images, part.labels]);
  const sum = (line: string): string => createHash('sha256').update(line).update(bytes).digest('hex');
  const set = { classes: ['a', 'b'], height: 2, train: part, test: part };
  expect(hashDataSet({ ...set, width: 3, channels: 1 })).toBe(sum('boundary-workbench/data-set/1 2 2 3 2 2\n'));
  expect(hashDataSet({ ...set, width: 1, channels: 3 })).toBe(sum('boundary-workbench/data-set/2 2 2 1 3 2 2\n'));
});

it('mean and deviation are those of the pixels scaled to [0, 1]', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), (pixels) => {
      const values = [...pixels].map((value) => value / 255);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      const statistics = pixelStatistics(pixels, 1);
      expect(statistics).toEqual({ mean: [expect.closeTo(mean, 10)], std: [expect.closeTo(Math.sqrt(variance), 6)] });
      const colored = Uint8Array.from({ length: 3 * pixels.length }, (_, k) =>
        k % 3 === 1 ? (pixels[Math.floor(k / 3)] as number) : 9 * (k % 3),
      );
      const { mean: means, std } = pixelStatistics(colored, 3);
      expect([means, std]).toEqual([
        [0, statistics.mean[0], expect.closeTo(18 / 255, 12)],
        [0, statistics.std[0], expect.closeTo(0, 6)],
      ]);
    }),
  );
});
