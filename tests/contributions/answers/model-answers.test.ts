/** Tables of models' answers about four images of three classes, value by value: every cell is known. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WantedMapping } from '../../../main/contributions/answers/contract/outside-models.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { previewAnswers, readAnswers } from '../../../main/contributions/answers/models/model-answers.ts';
import { storeAnswers } from '../../../main/contributions/answers/models/store-answers.ts';
import type { StimulusSetRecord } from '../../../main/storage/stimulus-sets.ts';
import { stimulusSet } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const ids = [0, 3, 4, 8];
const set: StimulusSetRecord = {
  ...stimulusSet(1),
  source: 'imported',
  provenance: {},
  classes: ['cat', 'dog', 'eel'],
  images: ids.map((id) => ({ id, pairI: 0, pairJ: 1, alpha: 0.5, z: null })),
};

function written(content: string | Uint8Array, name = 'answers.csv') {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'upload');
  writeFileSync(path, content);
  return { path, name };
}

const preview = (content: string | Uint8Array, wanted: WantedMapping = {}, name = 'answers.csv', of = set) =>
  previewAnswers(written(content, name), of, wanted);
async function read(content: string | Uint8Array, wanted: WantedMapping = {}, name = 'answers.csv', of = set) {
  const file = written(content, name);
  const { guess } = await previewAnswers(file, of, wanted);
  return readAnswers(file, guess, of);
}
const lines = (...rows: unknown[][]): string => rows.map((row) => row.join(',')).join('\n');

/** A NumPy array of version 1, in C order. */
function npy(descr: string, shape: readonly number[], values: ArrayBufferView): Buffer {
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([
    start,
    Buffer.from(header, 'latin1'),
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  ]);
}

describe('a table with softmax', () => {
  const softmax = [
    [0.5, 0.25, 0.25],
    [0.125, 0.75, 0.125],
    [0, 0, 1],
    [0.25, 0.5, 0.25],
  ];
  const rows = (model: string, of = softmax) => of.map((values, at) => [model, `img_${ids[at]}.png`, ...values]);
  const head = ['model', 'file', 'p_cat', 'p_dog', 'p_eel'];

  test('has the class of the largest value, of each model and image, whatever the order of rows', async () => {
    const turned = softmax.map(([a, b, c]) => [c, a, b] as number[]);
    const shuffled = [...rows(' a '), ...rows('b', turned)].reverse();
    expect(await read(lines(head, ...shuffled))).toEqual({
      models: [
        { name: 'b', labels: Uint16Array.of(1, 2, 0, 2), softmax: Float32Array.from(turned.flat()), confidence: null },
        { name: 'a', labels: Uint16Array.of(0, 1, 2, 1), softmax: Float32Array.from(softmax.flat()), confidence: null },
      ],
      unknown: { rows: 0, examples: [] },
      notes: [],
    });
    // Of equal values the first counts.
    const even = softmax.map(() => [0, 0.5, 0.5]);
    expect([...((await read(lines(head, ...rows('a', even)))).models[0]?.labels ?? [])]).toEqual([1, 1, 1, 1]);
  });

  test('may have a label besides, which counts; how often it is another one is said', async () => {
    const labeled = rows('a').map((row, at) => [...row, ['cat', 'dog', 'cat', 'dog'][at]]);
    const found = await read(lines([...head, 'label'], ...labeled));
    expect(found.models[0]?.labels).toEqual(Uint16Array.of(0, 1, 0, 1));
    expect(found.notes).toEqual(['In 1 row, the label is not the class of the largest softmax; the label counts.']);
  });

  test('adds up to 1 within 0.0001, or is divided by its sum where that is asked for', async () => {
    const off = (by: number) => lines(head, ...rows('a', [[0.5 + by, 0.25, 0.25], ...softmax.slice(1)]));
    // 1e-12 more is taken for the rounding of the sum itself.
    for (const by of [1e-4, -1e-4, 9e-5, 1e-4 + 5e-13]) {
      expect((await preview(off(by))).notOne).toBe(0);
      expect((await read(off(by))).models[0]?.softmax?.[0]).toBeCloseTo(0.5 + by, 7);
    }
    for (const by of [1.1e-4, -1.1e-4, 0.25, 1e-4 + 1.5e-12]) {
      expect((await preview(off(by))).notOne).toBe(1);
      await expect(read(off(by))).rejects.toThrow(`add up to ${Number((1 + by).toPrecision(7))}, not to 1`);
    }
    const found = await read(off(0.25), { normalise: true });
    expect([...(found.models[0]?.softmax ?? [])].slice(0, 4)).toEqual([0.75 / 1.25, 0.2, 0.2, 0.125].map(Math.fround));
    expect(found.notes).toEqual(['In 1 row, softmax was divided by its sum.']);
    const less = await read(off(-0.25), { normalise: true });
    expect([...(less.models[0]?.softmax ?? [])].slice(0, 3)).toEqual([1 / 3, 1 / 3, 1 / 3].map(Math.fround));
    await expect(read(off(-0.25))).rejects.toMatchObject({
      remedy: expect.stringContaining('divide them by their sum'),
    });
    await expect(read(off(0.123456789))).rejects.toThrow('add up to 1.123457, not to 1');
    const nothing = lines(head, ...rows('a', [[0, 0, 0], ...softmax.slice(1)]));
    await expect(read(nothing, { normalise: true })).rejects.toMatchObject({
      remedy: 'Write the probability of each class, from 0 to 1.',
    });
    await expect(read(off(0.25))).rejects.toMatchObject({
      remedy: expect.stringContaining('divide them by their sum'),
    });
    // Decimal commas count, blanks do not.
    const commas = lines(head, ['a', 0, '"0,5"', '"0,25"', '"0,25"'], ['a', 3, '', '0.75', '0.25']);
    expect((await preview(commas)).notOne).toBe(1);
  });

  test('has a column of its own for each class', async () => {
    const wanted = { softmax: ['p_cat', 'p_dog', 'p_dog'] };
    await expect(read(lines(head, ...rows('a')), wanted)).rejects.toThrow('2 columns of softmax for 3 classes');
    await expect(read(lines(head, ...rows('a')), { softmax: ['p_cat', 'p_dog', 'p_fox'] })).rejects.toThrow(
      'no column "p_fox"',
    );
    expect((await preview(lines(head, ...rows('a')))).guess).toEqual({
      image: 'file',
      model: 'model',
      name: 'answers',
      label: null,
      classes: {},
      confidence: null,
      softmax: head.slice(2),
      normalise: false,
    });
  });
});

describe('a table with labels', () => {
  const labels = ['cat', 'eel', 'dog', 'eel'];
  const table = (...more: unknown[][]) =>
    lines(['image', 'label'], ...labels.map((label, at) => [ids[at], label]), ...more);

  test('has those alone, or their confidences; a file without models is one, called as the file', async () => {
    const alone = { labels: Uint16Array.of(0, 2, 1, 2), softmax: null, confidence: null };
    expect((await read(table(), {}, 'My net.v2.csv')).models).toEqual([{ name: 'My net.v2', ...alone }]);
    // Wherever the columns stand.
    const turned = lines(['label', 'model', 'image'], ...labels.map((label, at) => [label, 'm', ids[at]]));
    expect((await read(turned)).models).toEqual([{ name: 'm', ...alone }]);
    expect((await read(table(), { name: 'other' })).models).toEqual([{ name: 'other', ...alone }]);
    const sure = lines(['image', 'label', 'score'], ...labels.map((label, at) => [ids[at], label, 0.25 * at]));
    expect((await read(sure)).models).toEqual([
      { name: 'answers', ...alone, confidence: Float32Array.of(0, 0.25, 0.5, 0.75) },
    ]);
    await expect(read(sure.replace('0.75', '1.5'))).rejects.toThrow('1.5');
  });

  test('shows eight rows, all spellings with how often each comes, and images that the study does not have', async () => {
    const more = Array.from({ length: 25 }, (_, n) => [`x${100 + n}.png`, 'cat']);
    const found = await preview(table(['3', 'fox'], ...more, ['x101.png', 'cat']));
    expect(found).toMatchObject({
      name: 'answers.csv',
      format: 'csv',
      columns: ['image', 'label'],
      shape: null,
      rows: 31,
      notOne: 0,
      labels: [
        { text: 'cat', count: 1, guess: 0 },
        { text: 'eel', count: 2, guess: 2 },
        { text: 'dog', count: 1, guess: 1 },
        { text: 'fox', count: 1, guess: null },
      ],
      models: ['answers'],
      aside: [],
      unknown: { rows: 26, examples: Array.from({ length: 20 }, (_, n) => `x${100 + n}.png`) },
    });
    expect(found.guess.classes).toEqual({ cat: 0, eel: 2, dog: 1 });
    expect(found.sample).toEqual([
      ...[
        ['0', 'cat'],
        ['3', 'eel'],
        ['4', 'dog'],
        ['8', 'eel'],
        ['3', 'fox'],
      ],
      ...[
        ['x100.png', 'cat'],
        ['x101.png', 'cat'],
        ['x102.png', 'cat'],
      ],
    ]);
    const aside = await read(table(['x.png', 'cat'], ['99', 'dog']));
    expect(aside.unknown).toEqual({ rows: 2, examples: ['x.png', '99'] });
    expect(aside.notes).toEqual(['2 rows of images that the study does not have were set aside.']);
    expect(aside.models[0]?.labels).toEqual(Uint16Array.of(0, 2, 1, 2));
  });

  test('is refused where an image has two answers or none, a label no class, or a row no model', async () => {
    await expect(read(table(['3', 'cat']))).rejects.toThrow('Model "answers" answers twice for image 3');
    await expect(read(lines(['image', 'label'], ['0', 'cat'], ['8', 'cat']))).rejects.toThrow(
      'Model "answers" has no answer for 2 of 4 images: 3, 4',
    );
    const seven = { ...set, images: [1, 2, 3, 5, 8, 9, 12].map((id) => ({ ...set.images[0]!, id })) };
    await expect(read(lines(['image', 'label'], ['1', 'cat']), {}, 'answers.csv', seven)).rejects.toThrow(
      'Model "answers" has no answer for 6 of 7 images: 2, 3, 5, 8, 9 and 1 more',
    );
    await expect(read(table(['3', 'fox']))).rejects.toMatchObject({ message: 'The label "fox" has no class' });
    await expect(read(table(), { classes: { cat: 0, eel: 3, dog: 1 } })).rejects.toThrow(
      'The label "eel" has no class',
    );
    expect((await read(table(), { classes: { cat: 2, eel: 0, dog: 1 } })).models[0]?.labels).toEqual(
      Uint16Array.of(2, 0, 1, 0),
    );
    await expect(read(table(), { image: null })).rejects.toThrow('No column is chosen for the image');
    await expect(read(table(), { label: null })).rejects.toThrow('No column is chosen for the label');
    const named = (model: string) => lines(['model', 'image', 'label'], ...ids.map((id) => [model, id, 'cat']));
    expect((await read(named('x'.repeat(100)))).models[0]?.name).toHaveLength(100);
    for (const bad of ['', 'x'.repeat(101), 'a\u0007b']) await expect(read(named(bad))).rejects.toThrow('The model is');
    await expect(read('image,label\n')).rejects.toThrow('This table has no answers');
    await expect(read(lines(['image', 'label'], ['7', 'cat']))).rejects.toThrow('Every image of this table is unknown');
  });

  test('leaves the rows of people aside where people and models stand together, and those that are named', async () => {
    const mixed = lines(
      ['imagename', 'object_response', 'subj'],
      ...['subject-01', 'net', 'subject-02'].flatMap((name) => ids.map((id) => [id, 'cat', name])),
    );
    const found = await preview(mixed);
    expect([found.aside, found.models, found.guess.aside]).toEqual([
      ['subject-01', 'subject-02'],
      ['net'],
      ['subject-01', 'subject-02'],
    ]);
    expect(found.labels).toEqual([{ text: 'cat', count: 4, guess: 0 }]);
    const models = await read(mixed);
    expect(models.models.map(({ name }) => name)).toEqual(['net']);
    expect(models.notes).toEqual(['8 rows of subject-01, subject-02 were set aside.']);
    const five = mixed.replaceAll('subject-02', 'subject-03').split('\n').slice(1);
    const more = ['subject-04', 'subject-05', 'subject-06'].map((name) => `3,cat,${name}`);
    expect((await read([...mixed.split('\n'), ...five.slice(-4), ...more].join('\n'))).notes).toEqual([
      '15 rows of subject-01, subject-02, subject-03 and 3 more were set aside.',
    ]);
    // All of them, if nobody is to be set aside; other columns of models have no people.
    expect((await read(mixed, { aside: [] })).models.map(({ name }) => name)).toEqual([
      'subject-01',
      'net',
      'subject-02',
    ]);
    expect((await preview(mixed.replace('subj\n', 'model\n'))).aside).toEqual([]);
    await expect(read(mixed, { aside: ['subject-01', 'subject-02', 'net'] })).rejects.toThrow(
      'All rows are of names that are set aside: subject-01, net, subject-02',
    );
  });

  test('of a set with true classes says how often a model is right, and refuses a table of other images', async () => {
    const truths = [0, 2, 0, null];
    const known = { ...set, images: set.images.map((image, at) => ({ ...image, truth: truths[at] ?? null })) };
    const file = written(table());
    const { guess } = await previewAnswers(file, known, {});
    const blobs = new BlobStore(join(temporaryFolder(), 'blobs'));
    const stored = await storeAnswers({ storage: { blobs } as never }, file, guess, known);
    expect(stored.models.map(({ tested }) => tested)).toEqual([{ images: 3, errors: 1 }]);
    expect(stored.set).toBe(set.hash);
    expect([...new Uint16Array(Uint8Array.from(blobs.get(stored.models[0]?.labels ?? '')).buffer)]).toEqual([
      0, 2, 1, 2,
    ]);
    const none = await storeAnswers({ storage: { blobs } as never }, file, guess, set);
    expect(none.models.map(({ tested, softmax, confidence }) => [tested, softmax, confidence])).toEqual([
      [null, null, null],
    ]);
    const stated = (truth: string) =>
      lines(['image', 'label', 'true_class'], ...ids.map((id, at) => [id, 'cat', at === 1 ? truth : '']));
    expect((await read(stated('eel'), {}, 'a.csv', known)).models).toHaveLength(1);
    await expect(read(stated('dog'), {}, 'a.csv', known)).rejects.toThrow(
      'Image 3 shows "dog" in this table, but "eel"',
    );
  });
});

test('lists a thousand names, and takes a thousand models, as many as fit', async () => {
  const models = (count: number, name = 'm') =>
    lines(
      ['subj', 'image', 'label'],
      ...Array.from({ length: count }, (_, n) => ids.map((id) => [`${name}${n}`, id, 'cat'])).flat(),
    );
  expect((await read(models(1000))).models).toHaveLength(1000);
  expect((await preview(models(1001))).models).toHaveLength(1000);
  await expect(read(models(1001))).rejects.toThrow('More than 1,000 models with 4 values each do not fit');
  const people = await preview(models(2001, 'subject-'));
  expect([people.aside.length, people.guess.aside?.length, people.models]).toEqual([1000, 2000, ['subject-2000']]);
  const spelled = Array.from({ length: 1001 }, (_, n) => ['0', `s${n}`]);
  expect((await preview(lines(['image', 'label'], ...spelled, ['0', 's0'], ['0', 's1000']))).labels).toEqual(
    Array.from({ length: 1000 }, (_, n) => ({ text: `s${n}`, count: n === 0 ? 2 : 1, guess: null })),
  );
  const classes = Array.from({ length: 1000 }, (_, k) => `c${k}`);
  const large = {
    ...set,
    classes,
    images: Array.from({ length: 70_000 }, (_, id) => ({ id, pairI: 0, pairJ: 1, alpha: 0.5, z: null })),
  };
  const row = [0, 1, ...Array.from({ length: 999 }, () => 0)];
  await expect(read(lines(['image', ...classes], row), {}, 'large.csv', large)).rejects.toThrow(
    'One model with 70,000,000 values is more than fits',
  );
  const where = 'model-answers.csv, row 4002';
  await expect(read(models(1001), {}, 'model-answers.csv')).rejects.toMatchObject({ where });
});

test('cuts long names off where it lists them', async () => {
  const long = (start: string) => `${start}${'y'.repeat(300)}`;
  const person = long('subject-');
  const table = lines(
    ['subj', 'imagename', 'object_response'],
    ...ids.map((id) => ['net', id, 'cat']),
    ...[
      [person.slice(0, 150), '0', 'cat'],
      [long('m'), '0', long('l')],
      ['net', long('i'), 'cat'],
      ['subject-1', '3', 'dog'],
    ],
  );
  const found = await preview(table);
  expect(found.aside).toEqual([person.slice(0, 100), 'subject-1']);
  expect(found.guess.aside).toEqual([person.slice(0, 150), 'subject-1']);
  expect(found.models).toEqual(['net', long('m').slice(0, 100)]);
  expect(found.labels.map(({ text }) => text)).toEqual(['cat', long('l').slice(0, 200)]);
  expect(found.unknown.examples).toEqual([long('i').slice(0, 100)]);
  expect(found.sample[5]).toEqual([long('m').slice(0, 200), '0', long('l').slice(0, 200)]);
  const alone = await preview(
    lines(['subj', 'imagename', 'object_response'], [person, '0', 'cat'], ['net', '0', 'cat']),
  );
  expect(alone.guess.aside).toEqual([person.slice(0, 200)]);
});

describe('an array', () => {
  test('has whole numbers as labels of images by id, of one model or several', async () => {
    const one = npy('|u1', [4], Uint8Array.of(0, 2, 1, 2));
    expect((await read(one, {}, 'net.npy')).models).toEqual([
      { name: 'net', labels: Uint16Array.of(0, 2, 1, 2), softmax: null, confidence: null },
    ]);
    const two = npy('<i2', [2, 4], Int16Array.of(0, 2, 1, 2, 1, 1, 0, 0));
    expect((await read(two, { name: 'my' })).models.map(({ name, labels }) => [name, [...labels]])).toEqual([
      ['my 1', [0, 2, 1, 2]],
      ['my 2', [1, 1, 0, 0]],
    ]);
    expect(await preview(two, {}, 'two.npy')).toMatchObject({
      format: 'npy',
      columns: [],
      sample: [],
      shape: [2, 4],
      rows: 8,
      models: ['two 1', 'two 2'],
      notOne: 0,
      unknown: { rows: 0, examples: [] },
    });
    for (const value of [3, -1]) {
      const wrong = npy('|i1', [2, 4], Int8Array.of(0, 0, 0, 0, 0, 0, value, 0));
      await expect(read(wrong, {}, 'net.npy')).rejects.toMatchObject({
        message: `The label ${value} is no class`,
        where: 'net.npy, model 2, image 4',
        remedy: 'Labels are indexes of classes, 0 to 2.',
      });
    }
  });

  test('has floats as softmax, each from 0 to 1', async () => {
    const values = [0.5, 0.25, 0.25, 0, 1, 0, 0.25, 0.25, 0.5, 0.25, 0.5, 0.25];
    const found = await read(npy('<f4', [4, 3], Float32Array.from(values)), {}, 'net.npy');
    expect(found.models).toEqual([
      { name: 'net', labels: Uint16Array.of(0, 1, 2, 1), softmax: Float32Array.from(values), confidence: null },
    ]);
    const two = npy('<f8', [2, 4, 3], Float64Array.from([...values, ...values.map((value) => 2 * value * 0.5)]));
    expect((await read(two)).models.map(({ softmax }) => [...(softmax ?? [])])).toEqual([values, values]);
    const off = npy('<f8', [4, 3], Float64Array.from([0.5, 0.25, 0.5, ...values.slice(3)]));
    expect((await preview(off)).notOne).toBe(1);
    expect((await preview(two)).notOne).toBe(0);
    await expect(read(off)).rejects.toMatchObject({ where: 'answers.csv, model 1, image 0' });
    expect((await read(off, { normalise: true })).models[0]?.softmax?.[2]).toBeCloseTo(0.4, 6);
    for (const value of [1.5, -0.5, Number.NaN]) {
      const wrong = npy('<f4', [4, 3], Float32Array.from([...values.slice(0, 7), value, ...values.slice(8)]));
      await expect(read(wrong)).rejects.toMatchObject({
        message: `A softmax value is ${value}`,
        where: expect.stringContaining('image 4'),
      });
    }
  });

  test.each([
    ['<f4', [12], 'floats'],
    ['<f4', [4, 2], 'floats'],
    ['<f4', [3, 4], 'floats'],
    ['<f4', [0, 4, 3], 'floats'],
    ['<f4', [1, 1, 4, 3], 'floats'],
    ['<i2', [3], 'whole numbers'],
    ['<i2', [0, 4], 'whole numbers'],
    ['<i2', [4, 3], 'whole numbers'],
    ['<i2', [1, 1, 4], 'whole numbers'],
  ])('of %s of shape %j is refused', async (descr, shape, of) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const values = descr === '<f4' ? new Float32Array(size) : new Int16Array(size);
    await expect(preview(npy(descr, shape, values))).rejects.toThrow(
      `This array has the shape (${shape.join(', ')}) of ${of}`,
    );
  });
});

test('a CSV of any answers is read as the array of the same answers', async () => {
  const answers = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }), {
    minLength: 2,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(answers, fc.boolean(), async (models, isSoftmax) => {
      const shares = models.map((labels) =>
        labels.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 0.5 : 0.25))),
      );
      const shape = isSoftmax ? [models.length, 4, 3] : [models.length, 4];
      const array = isSoftmax
        ? npy('<f4', shape, Float32Array.from(shares.flat()))
        : npy('|u1', shape, Uint8Array.from(models.flat()));
      const rows = models.flatMap((labels, model) =>
        ids.map((id, at) => [
          `m ${model + 1}`,
          id,
          ...(isSoftmax ? (shares[model] ?? []).slice(3 * at, 3 * at + 3) : [labels[at]]),
        ]),
      );
      const head = ['model', 'image', ...(isSoftmax ? ['p0', 'p1', 'p2'] : ['label'])];
      expect(await read(lines(head, ...rows))).toEqual(await read(array, { name: 'm' }));
    }),
    { numRuns: 10 },
  );
});
