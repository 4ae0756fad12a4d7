/** Published answers that are no tables, as columns and rows: value by value. */
import type { TableFile } from '../../../main/contributions/answers/table-kinds.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import {
  isAnnotators,
  readAnnotators,
  readListTable,
  readNpyTable,
  readNpzTable,
} from '../../../main/contributions/answers/tables/published-readers.ts';
import { readTable } from '../../../main/contributions/answers/tables/readers.ts';
import type { StartTable } from '../../../main/contributions/answers/tables/table-file.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function written(content: string | Uint8Array, name = 'answers'): TableFile {
  const path = join(temporaryFolder(), 'upload');
  writeFileSync(path, content);
  return { path, name };
}

/** Columns, rows, and where each of them stands, as a reader passes them on. */
async function taken(read: (start: StartTable) => Promise<void> | void) {
  const found = { columns: [] as readonly string[], rows: [] as string[][], where: [] as string[] };
  await read((columns) => {
    found.columns = columns;
    return (cells, where) => {
      found.rows.push([...cells]);
      found.where.push(where());
    };
  });
  return found;
}

/** A NumPy array of bytes, version 1. */
function npy(shape: readonly number[], values: readonly number[]): Uint8Array {
  const text = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `${`{'descr': '|u1', 'fortran_order': False, 'shape': (${text}), }`.padEnd(117)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), Buffer.from(values)]);
}

test('an array has a row for each image and a column for each class, or its labels', async () => {
  const read = (content: Uint8Array) => taken((start) => readNpyTable(written(content, 'x.npy'), start));
  expect(await read(npy([3], [7, 0, 2]))).toEqual({
    columns: ['label'],
    rows: [['7'], ['0'], ['2']],
    where: [0, 1, 2].map((row) => `x.npy, row ${row} of the array`),
  });
  expect(await read(npy([2, 3], [1, 2, 3, 4, 5, 6]))).toMatchObject({
    columns: ['0', '1', '2'],
    rows: [
      ['1', '2', '3'],
      ['4', '5', '6'],
    ],
  });
  expect(
    (
      await read(
        npy(
          [1, 1000],
          Array.from({ length: 1000 }, () => 1),
        ),
      )
    ).columns,
  ).toHaveLength(1000);
  await expect(
    read(
      npy(
        [1, 1001],
        Array.from({ length: 1001 }, () => 1),
      ),
    ),
  ).rejects.toThrow('An array has 1001 columns');
  await expect(read(npy([1, 1, 2], [1, 2]))).rejects.toThrow('An array has the shape (1, 1, 2)');
});

test('a zip of arrays has a column for each, or several with their names before', async () => {
  const read = (files: Record<string, Uint8Array>) =>
    taken((start) => readNpzTable(written(zipSync(files), 'x.npz'), start));
  expect(
    await read({ 'a.npy': npy([2], [1, 2]), 'b.npy': npy([2, 2], [3, 4, 5, 6]), 'c.txt': new Uint8Array() }),
  ).toMatchObject({
    columns: ['a', 'b_0', 'b_1'],
    rows: [
      ['1', '3', '4'],
      ['2', '5', '6'],
    ],
  });
  // One array alone: its columns are those of an array.
  expect(await read({ 'b.npy': npy([1, 2], [3, 4]) })).toMatchObject({ columns: ['0', '1'], rows: [['3', '4']] });
  expect(await read({ 'clean.npy': npy([1], [3]) })).toMatchObject({ columns: ['clean'], rows: [['3']] });
  await expect(read({ 'a.npy': npy([2], [1, 2]), 'b.npy': npy([1], [3]) })).rejects.toThrow('different lengths');
  await expect(read({ 'a.txt': new Uint8Array(3) })).rejects.toThrow('This zip file has no NumPy arrays');
  await expect(read({ 'x/data.pkl': new Uint8Array(3), 'x/version': new Uint8Array(1) })).rejects.toThrow(
    'a pickle, which is never loaded',
  );
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`a${n}.npy`, npy([1], [n % 256])]));
  await expect(read(many)).rejects.toThrow('too many or too large: 1001');
  const { 'a1000.npy': _, ...thousand } = many;
  expect((await read(thousand)).columns).toHaveLength(1000);
});

test('a list of labels is one answer an image: several labels, one, or none', async () => {
  const read = (content: string) => taken((start) => readListTable(written(content, 'x.json'), start));
  expect(await read('\ufeff[[3], [4, "nine"], [], null, 7, "dog"]')).toEqual({
    columns: ['labels'],
    rows: [['3'], ['4|nine'], [''], [''], ['7'], ['dog']],
    where: [0, 1, 2, 3, 4, 5].map((entry) => `x.json, entry ${entry}`),
  });
  for (const bad of [
    '{}',
    '[[[1]]]',
    JSON.stringify([Array.from({ length: 1001 }, () => 1)]),
    `["${'x'.repeat(201)}"]`,
  ])
    await expect(read(bad)).rejects.toThrow('This JSON file is no list of labels');
  expect((await read(JSON.stringify([Array.from({ length: 1000 }, () => 1), 'x'.repeat(200)]))).rows).toHaveLength(2);
  await expect(read('[1,')).rejects.toThrow('This file is not valid JSON');
});

const given = (
  first: string,
  share: number | null,
  second = '',
  next: number | null = null,
  impossible: string[] = [],
) => ({
  'Most Probable Class': first,
  'Most Probable Class Prob': share,
  'Second Most Probable Class': second,
  'Second Most Probable Class Prob': next,
  'Impossible Class(es)': impossible,
});

test('annotators of CIFAR-10S rate their first and second choice, and impossible classes with 0', async () => {
  const data = {
    12: [given('cat', 70, 'dog', 30, ['car', 'cat']), given('dog', 100)],
    4: [given('car', null, 'cat', 5, ['dog'])],
  };
  const found = await taken((start) => readAnnotators(data, 'x.json', start));
  expect(found.columns).toEqual(['image', expect.any(String), 'label', 'rating']);
  expect(found.rows).toEqual([
    ...[
      ['4', '1', 'cat', '5'],
      ['4', '1', 'dog', '0'],
    ],
    ...[
      ['12', '1', 'cat', '70'],
      ['12', '1', 'dog', '30'],
      ['12', '1', 'car', '0'],
      ['12', '2', 'dog', '100'],
    ],
  ]);
  expect(found.where[0]).toBe('x.json, image 4, annotator 1');
  expect(found.where[5]).toBe('x.json, image 12, annotator 2');
  const wrong = { 12: [given('cat', 70), { ...given('dog', 1e7), 'Second Most Probable Class': 3 }] };
  await expect(taken((start) => readAnnotators(wrong, 'x.json', start))).rejects.toMatchObject({
    message: 'This entry is not as CIFAR-10S has it',
    where: 'x.json, 12.1.Most Probable Class Prob',
  });
  expect([data, {}, [], null, 3, { a: [] }, { a: [null] }, { a: [{}] }, { a: [3] }].map(isAnnotators)).toEqual([
    ...[true, false, false, false, false, false, false, false, false],
  ]);
  expect(isAnnotators({ a: [given('cat', 1)] })).toBe(true);
});

test('rows of arrays and lists are in the order of images, those of tables name them', async () => {
  for (const [content, format, isOrdered] of [
    [npy([2], [0, 1]), 'npy', true],
    [zipSync({ 'worse_label.npy': npy([2], [0, 1]) }), 'npz', true],
    ['[[0], [1, 2]]', 'json', true],
    ['image,label\n0,1\n', 'csv', false],
  ] as const) {
    const file = written(content);
    expect(await readTable(file, '', () => () => undefined)).toMatchObject({ format, isOrdered });
  }
});
