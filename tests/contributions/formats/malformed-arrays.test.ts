import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { PreparedSource } from '../../../main/domain/data/data-sources.ts';
import { dataSetSchema } from '../../../main/contract/studies/study.ts';
import { inspectSource } from '../../../main/contributions/formats/inspect.ts';
import { readPrepared } from '../../../main/training/data/load/prepared.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { type Case, expectSentence, type Files, makePipe, pattern, prepare, writeFiles } from './image-folder.ts';

/** The file of a NumPy array. */
function npy(header: string, data: Uint8Array): Buffer {
  const text = `${header}${' '.repeat((64 - ((header.length + 11) % 64)) % 64)}\n`;
  const start = Buffer.from([0x93, ...strToU8('NUMPY'), 1, 0, text.length & 255, text.length >> 8]);
  return Buffer.concat([start, Buffer.from(text, 'latin1'), data]);
}

const header = (shape: string, descr = '|u1', order = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;

const images = (count: number, seed: number): Uint8Array => pattern(seed, 4, count * 4).subarray(0, count * 16);

const arrays = (): Record<string, Buffer> => ({
  'train_images.npy': npy(header('4, 4, 4'), images(4, 1)),
  'train_labels.npy': npy(header('4, 1'), Uint8Array.of(0, 1, 0, 1)),
  'test_images.npy': npy(header('2, 4, 4'), images(2, 2)),
  'test_labels.npy': npy(header('2,'), Uint8Array.of(0, 1)),
});

const npz =
  (
    change: (files: Record<string, Buffer>) => unknown = () => undefined,
    spoil: (zip: Buffer) => Buffer = (zip) => zip,
  ) =>
  async (): Promise<PreparedSource> => {
    const files = arrays();
    change(files);
    const path = join(temporaryFolder(), 'pets.npz');
    writeFileSync(path, spoil(Buffer.from(zipSync(files))));
    return dataSetSchema.parse({ source: 'npz', name: 'pets', path, classes: ['cat', 'dog'] }) as PreparedSource;
  };

const record = (label: number): Uint8Array => Uint8Array.of(label, ...pattern(label, 32, 32));

const cifar =
  (files: Files, classes: string[] | null = ['cat', 'dog']) =>
  async (): Promise<PreparedSource> =>
    dataSetSchema.parse({ source: 'cifar', name: 'small', path: writeFiles(files), classes }) as PreparedSource;

/** Lets the zip's directory state another size of some files. */
function claimSize(zip: Buffer, name: RegExp, bytes: number): Buffer {
  for (let k = 0; k + 46 < zip.length; k++) {
    if (zip.readUInt32LE(k) !== 0x02014b50) continue;
    const end = k + 46 + zip.readUInt16LE(k + 28);
    if (name.test(zip.toString('latin1', k + 46, end))) zip.writeUInt32LE(bytes, k + 24);
  }
  return zip;
}

const cases: Case[] = [
  {
    name: 'Fortran order',
    source: npz((files) => {
      files['train_images.npy'] = npy(header('4, 4, 4', '|u1', 'True'), toFortran(images(4, 1)));
    }),
    classes: ['cat', 'dog'],
    says: /^$/,
  },
  {
    name: 'floating point',
    source: npz((files) => {
      files['train_images.npy'] = npy(header('4, 4, 4', '<f4'), new Uint8Array(256));
    }),
    error: 'npy-type',
    says: /float32, not uint8/,
    where: /train_images/,
    remedy: /astype\(np.uint8\)/,
  },
  {
    name: 'pickled objects',
    source: npz((files) => {
      files['train_labels.npy'] = npy(header('4,', '|O'), strToU8('cos\nsystem\n(S"touch hacked"\ntR.'));
    }),
    error: 'npy-pickle',
    says: /Python objects \(a pickle\), which are never loaded/,
  },
  {
    name: 'Python in a header',
    source: npz((files) => {
      files['train_labels.npy'] = npy(
        `{'descr': __import__('os').system('x'), 'fortran_order': False, 'shape': (4,), }`,
        new Uint8Array(4),
      );
    }),
    error: 'npy-damaged',
    says: /header is not understood/,
  },
  {
    name: 'an array that is missing',
    source: npz((files) => {
      delete files['test_labels.npy'];
    }),
    error: 'npz-missing',
    says: /lacks the array test_labels; it has train_images/,
  },
  {
    name: 'an array that is cut short',
    source: npz((files) => {
      files['test_images.npy'] = files['test_images.npy']?.subarray(0, -3) ?? Buffer.alloc(0);
    }),
    error: 'npy-damaged',
    says: /says 32 values, and 29 follow/,
  },
  {
    name: 'two arrays that are too large together',
    source: npz(
      () => undefined,
      (zip) => claimSize(zip, /^(train|test)_images/, 0.6 * 2 ** 30),
    ),
    error: 'too-large',
    says: /The arrays of images have 1.3.GB, and at most 1.1.GB fit into memory/,
  },
  {
    name: 'labels for more images than are possible',
    source: npz(
      () => undefined,
      (zip) => claimSize(zip, /^train_labels/, 2 ** 27),
    ),
    error: 'too-large',
    says: /The array train_labels has more than/,
  },
  {
    name: 'more than a million images',
    source: npz((files) => {
      files['train_images.npy'] = npy(header('1000001, 4, 4'), new Uint8Array(16_000_016));
      files['train_labels.npy'] = npy(header('1000001,'), new Uint8Array(1_000_001).fill(1, 1));
    }),
    error: 'too-many',
    says: /There are 1,000,003 images, and at most 1,000,000 are possible/,
  },
  {
    name: 'validation labels that cannot be used',
    source: npz((files) => {
      files['val_images.npy'] = npy(header('3, 4, 4'), images(3, 3));
      files['val_labels.npy'] = npy(header('3, 2', '<f4'), new Uint8Array(24));
    }),
    says: /val_images, and 2 more files like it: they are validation images/,
  },
  {
    name: 'labels out of range',
    source: npz((files) => {
      files['test_labels.npy'] = npy(
        header('2,', '<i8'),
        Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0),
      );
    }),
    error: 'label-out-of-range',
    says: /Label 2 is out of range/,
    where: /test_labels\[1\]/,
  },
  {
    name: 'a negative label',
    source: npz((files) => {
      files['test_labels.npy'] = npy(header('2,', '|i1'), Uint8Array.of(0, 255));
    }),
    error: 'npy-range',
    says: /Label 2 is not a number from 0/,
  },
  {
    name: 'several labels an image',
    source: npz((files) => {
      files['test_labels.npy'] = npy(header('2, 14'), new Uint8Array(28));
    }),
    error: 'npz-shape',
    says: /\(2, 14\), not one label an image/,
  },
  {
    name: 'fewer labels than images',
    source: npz((files) => {
      files['train_labels.npy'] = npy(header('3,'), Uint8Array.of(0, 1, 0));
    }),
    error: 'count-mismatch',
    says: /4 images but 3 labels/,
  },
  {
    name: 'validation arrays',
    source: npz((files) => {
      files['val_images.npy'] = npy(header('1, 4, 4'), images(1, 3));
      files['val_labels.npy'] = npy(header('1,'), Uint8Array.of(1));
    }),
    says: /val_images: they are validation images/,
  },
  {
    name: 'no NumPy archive',
    source: npz(
      () => undefined,
      () => Buffer.from('PK?'),
    ),
    error: 'npz-damaged',
    says: /not a NumPy archive/,
  },
  {
    name: 'a bomb as an array',
    source: npz(
      (files) => {
        files['train_images.npy'] = npy(header('4, 4, 4'), images(4, 1));
      },
      (zip) => Buffer.from(bombOf(zip)),
    ),
    error: 'npz-damaged|too-large|npy-damaged',
    says: /train_images/,
  },
  {
    name: 'a batch of half an image',
    source: cifar({ 'data_batch_1.bin': record(0).subarray(9), 'test_batch.bin': record(1) }),
    error: 'cifar-damaged',
    says: /3,064 bytes, which is no whole number/,
    where: /data_batch_1/,
  },
  {
    name: 'a folder without batches',
    source: cifar({ 'readme.txt': 'x' }),
    error: 'no-cifar',
    says: /not in this folder/,
    remedy: /data_batch_1.bin/,
  },
  {
    name: 'batches without names',
    source: cifar({ 'data_batch_1.bin': record(0), 'test_batch.bin': record(1) }, null),
    error: 'file.not-found',
    says: /no such file/,
    where: /batches.meta.txt/,
  },
  {
    name: 'a pipe as names',
    source: async () => {
      const folder = writeFiles({ 'data_batch_1.bin': record(0), 'test_batch.bin': record(1) });
      makePipe(join(folder, 'batches.meta.txt'));
      return dataSetSchema.parse({ source: 'cifar', name: 'small', path: folder, classes: null }) as PreparedSource;
    },
    error: 'cifar-names',
    says: /not a list of class names/,
  },
  {
    name: 'a batch that is a link to nothing',
    source: async () => {
      const folder = writeFiles({ 'data_batch_1.bin': record(0), 'test_batch.bin': record(1) });
      symlinkSync('/nowhere/at/all', join(folder, 'data_batch_2.bin'));
      return dataSetSchema.parse({
        source: 'cifar',
        name: 'small',
        path: folder,
        classes: ['cat', 'dog'],
      }) as PreparedSource;
    },
    error: 'file.not-found',
    says: /no such file/,
    where: /data_batch_2/,
  },
  {
    name: 'a label without a name',
    source: cifar({ 'data_batch_1.bin': record(0), 'test_batch.bin': record(3) }),
    error: 'label-out-of-range',
    says: /Label 3 is out of range/,
  },
];

/** The first index fastest. */
function toFortran(values: Uint8Array): Uint8Array {
  return Uint8Array.from(
    { length: 64 },
    (_, k) => values[(k % 4) * 16 + (Math.floor(k / 4) % 4) * 4 + Math.floor(k / 16)] ?? 0,
  );
}

/** An archive in which an array claims two gigabytes. */
function bombOf(zip: Buffer): Buffer {
  const packed = deflateRawSync(Buffer.alloc(64));
  const directory = zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  zip.writeUInt32LE(2 ** 31, directory + 24);
  zip.writeUInt32LE(packed.length, directory + 20);
  return zip;
}

describe('what is wrong with arrays is said in one sentence', () => {
  it.each(cases)('$name', expectSentence);

  it('reads an array in Fortran order as the same images', async () => {
    const [rows, columns] = [
      await prepare(await npz()()),
      await prepare(await (cases.find(({ name }) => name === 'Fortran order')?.source ?? npz())()),
    ];
    expect(columns.hash).toBe(rows.hash);
  });

  it('reads both layouts of CIFAR, planes as pixels', async () => {
    const ten = await cifar(
      {
        'data_batch_1.bin': Buffer.concat([record(0), record(1)]),
        'test_batch.bin': record(1),
        'batches.meta.txt': 'cat\ndog\n\n',
      },
      null,
    )();
    const { blobs, hash, classes } = await prepare(ten);
    expect(classes).toEqual(['cat', 'dog']);
    const data = readPrepared(ten, hash, blobs);
    const planes = pattern(0, 32, 32);
    expect([...data.train.images.subarray(0, 6)]).toEqual([0, 1024, 2048, 1, 1025, 2049].map((k) => planes[k]));
    const two = (label: number): Buffer => Buffer.concat([Uint8Array.of(1 - label), record(label)]);
    const names = { 'fine_label_names.txt': 'cat\ndog', 'coarse_label_names.txt': 'pet\nbeast' };
    const hundred = await cifar({ 'train.bin': Buffer.concat([two(0), two(1)]), 'test.bin': two(1), ...names }, null)();
    expect((await prepare(hundred)).hash).toBe(hash);
    const coarse = await prepare({ ...hundred, labels: 'coarse' } as PreparedSource);
    expect(coarse.findings.classes).toEqual([
      { name: 'pet', train: 1, test: 1 },
      { name: 'beast', train: 1, test: 0 },
    ]);
    // Some classes of many, in another order.
    const three = { 'data_batch_1.bin': Buffer.concat([record(2), record(0), record(1), record(2)]) };
    const some = await cifar({ ...three, 'test_batch.bin': record(2) }, ['cat', 'dog', 'eel'])();
    const taken = { ...some, take: ['eel', 'cat'] } as PreparedSource;
    const { findings, ...of } = await prepare(taken);
    expect(of.classes).toEqual(['eel', 'cat']);
    expect(findings.classes).toEqual([
      { name: 'eel', train: 2, test: 1 },
      { name: 'cat', train: 1, test: 0 },
    ]);
    expect(findings.sameInTest.examples).toEqual([{ first: 'train image 0', second: 'test image 0' }]);
    const { train } = readPrepared(taken, of.hash, of.blobs);
    expect([...train.labels]).toEqual([0, 1, 0]);
    expect([...train.images.subarray(3072, 3075)]).toEqual([0, 1024, 2048].map((k) => planes[k]));
    await expect(prepare({ ...some, take: ['eel', 'fox'] } as PreparedSource)).rejects.toThrow('no class “fox”');
  });
});

it.each([
  [['train_images'], /^The archive lacks the array train_images; it has train_labels, test_images, test_labels$/],
  [
    ['train_images', 'train_labels', 'test_labels'],
    /^The archive lacks the arrays train_images, train_labels, test_labels; it has test_images$/,
  ],
])('an uploaded archive without %s says which arrays it lacks and has', async (missing, says) => {
  const files = arrays();
  for (const name of missing) delete files[`${name}.npy`];
  // Uploads have no ending.
  const path = join(temporaryFolder(), '5f0c37c8-7d11-4f0f-a3a8-3c1f0f6a5d11');
  writeFileSync(path, zipSync(files));
  const inspected = inspectSource(
    { path, name: 'pets.npz', choice: {} },
    { progress: () => undefined, signal: new AbortController().signal },
  );
  await expect(inspected).rejects.toMatchObject({
    code: 'data-set.npz-missing',
    message: expect.stringMatching(says),
    where: path,
    remedy: 'Save four arrays: train_images, train_labels, test_images, test_labels.',
  });
});
