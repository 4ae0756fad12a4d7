/** Published answers, most of them no tables, as panels. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { setsByImage } from '../../../main/analysis/responses/response-sets.ts';
import { listPanels } from '../../../main/contributions/answers/panels/panels.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { studyName } from '../../services/labeling/labeling-helper.ts';
import { benchWithStimuli, file } from './panel-helper.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

/** A NumPy array. */
function npy(descr: string, shape: string, data: Uint8Array): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    Buffer.from([118, 0]),
    Buffer.from(`${header}\n`),
    data,
  ]);
}
const floats = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);
/** The bytes, and then zeros. */
const padded = (length: number, data: Uint8Array) => Buffer.concat([data, Buffer.alloc(length - data.length)]);
const lists = (...some: string[]) =>
  Buffer.from(`[${[...some, ...Array<string>(33 - some.length).fill('[]')].join()}]`);
const bytes = (...values: number[]) => Uint8Array.from(values);

const choices = (first: string, a: number, second: string, b: number | null, impossible: string[]) => ({
  'Most Probable Class': first,
  'Most Probable Class Prob': a,
  'Second Most Probable Class': second,
  'Second Most Probable Class Prob': b,
  'Impossible Class(es)': impossible,
});

const published = [
  [
    'counts in an array',
    npy('<f8', '33, 3', padded(33 * 24, floats(2, 1, 0, 0, 0, 4))),
    'counts',
    [
      [2, 1, 0],
      [0, 0, 4],
    ],
  ],
  [
    'four labels in an array',
    npy('|u1', '33, 4', padded(132, bytes(0, 0, 1, 2, 2, 2, 2, 2))),
    'counts',
    [
      [2, 1, 1],
      [0, 0, 4],
    ],
  ],
  [
    'named arrays of labels',
    Buffer.from(
      zipSync({
        'random_label1.npy': npy('|u1', '33,', padded(33, bytes(0, 2))),
        'random_label2.npy': npy('|u1', '33,', padded(33, bytes(1, 2))),
      }),
    ),
    'counts',
    [
      [1, 1, 0],
      [0, 0, 2],
    ],
  ],
  ['lists of labels, some empty', lists('[0]', '[2, 1]', '[]', '[0]'), 'set', [[[0]], [[1, 2]], [], [[0]]]],
  [
    'first and second choices with probabilities',
    Buffer.from(
      JSON.stringify({
        3: [choices('One', 20, 'Two', 40, ['Zero']), choices('One', 100, 'No', null, ['Two', 'Zero'])],
        99: [choices('One', 20, 'Two', 40, [])],
      }),
    ),
    'graded',
    [
      {
        image: 3,
        labeler: 0,
        ratings: [
          [0, 0],
          [1, 20],
          [2, 40],
        ],
      },
      {
        image: 3,
        labeler: 1,
        ratings: [
          [0, 0],
          [1, 100],
          [2, 0],
        ],
      },
    ],
  ],
] as const;

test('published answers are read', async () => {
  const { bench, newest } = benchWithStimuli();
  const path = join(temporaryFolder(), 'published');
  for (const [what, content, kind, wanted] of published) {
    writeFileSync(path, content);
    await importResponses(bench, studyName, path);
    const answers = newest();
    const plain =
      answers?.kind === 'counts'
        ? [0, 1].map((image) => [...answers.counts.counts.subarray(3 * image, 3 * image + 3)])
        : answers?.kind === 'set'
          ? setsByImage({ images: 33, answers: answers.answers }).slice(0, wanted.length)
          : answers?.kind === 'graded'
            ? answers.answers.map(({ ratings, ...of }) => ({
                ...of,
                ratings: ratings.map(({ label, rating }) => [label, rating]),
              }))
            : null;
    expect([answers?.kind, plain], what).toEqual([kind, wanted]);
  }
});

const refusedFiles = [
  ['a pickle', npy('|O', '2,', bytes(1, 2)), 'counts', /Pickles are never loaded|not read/],
  ['an array cut short', npy('<f8', '9, 3', bytes(1, 2)), 'counts', /cut short/],
  ['an array of three dimensions', npy('|u1', '1, 1, 1', bytes(1)), 'counts', /shape \(1, 1, 1\)/],
  ['an array of NaN', npy('<f8', '1, 3', floats(Number.NaN, 1, 0)), 'counts', /"NaN", not a number of labels/],
  [
    'a file of PyTorch',
    Buffer.from(zipSync({ 'archive/data.pkl': bytes(1) })),
    'counts',
    /a pickle, which is never loaded/,
  ],
  ['a broken zip file', Buffer.from('PK\x03\x04rubbish', 'latin1'), 'counts', /cannot be read as a zip archive/],
  ['lists within lists', Buffer.from('[[[0]]]'), 'set', /no list of labels/],
  ['JSON cut short', Buffer.from('[[0], [1'), 'set', /not valid JSON/],
  ['labels outside of the classes', Buffer.from('[[0], [7]]'), 'set', /"7" has no class/],
  ['choices among three images', Buffer.from('image1,image2,image3,choice\n1,2,3,2\n'), null, /odd one out/],
  [
    'ratings that are no numbers',
    Buffer.from('image,labeler,label,rating\n0,A,one,1e999\n'),
    null,
    /not a finite number/,
  ],
] as const;

test('what cannot be taken is refused with the reason', async () => {
  const { bench } = benchWithStimuli();
  const path = join(temporaryFolder(), 'published');
  for (const [what, content, kind, reason] of refusedFiles) {
    writeFileSync(path, content);
    await expect(importResponses(bench, studyName, path, { kind, total: null }), what).rejects.toThrow(reason);
  }
  expect(listPanels(bench, studyName)).toEqual([]);
});

test('of annotators whom the file does not tell apart nobody is a person', async () => {
  const { bench, newest } = benchWithStimuli();
  const path = file(
    JSON.stringify({ 3: [choices('One', 90, 'Two', 10, []), choices('Two', 50, 'No', null, [])] }),
    's.json',
  );
  await importResponses(bench, studyName, path);
  expect(newest()).toMatchObject({ kind: 'graded', answers: [{ image: 3 }, { image: 3 }] });
  expect(listPanels(bench, studyName)[0]).toMatchObject({ people: null, findings: { anonymous: true } });
  expect(panelsOf(bench.storage).people(1)).toEqual([]);
});
