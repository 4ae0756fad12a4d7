import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResponses } from '../../../main/contributions/folders/tables/response-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const images = [3, 5].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: 0.5 }));

function read(tables: Record<string, string>, classes = 2) {
  const folder = join(temporaryFolder(), 'tables');
  mkdirSync(folder);
  for (const [name, rows] of Object.entries(tables)) writeFileSync(join(folder, `${name}.csv`), rows);
  return readResponses(folder, images, classes);
}

test('there are as many classes as the highest label of any table says, wherever in the table it stands', async () => {
  const sets = (...labels: string[]) => ({
    sets: ['image,labeler,labels', ...labels.map((cell, n) => `${n % 2 ? 5 : 3},P${Math.floor(n / 2)},${cell}`)].join(
      '\n',
    ),
  });
  for (const [labels, classes] of [
    [['0', '1'], 2],
    [['0|1', '1|4', '2'], 5],
    [['7|2', '1'], 8],
    [['1', '0', '2|3', '3'], 4],
    [['', '5|0', '5'], 6],
  ] as const)
    expect((await read(sets(...labels))).classes, labels.join()).toBe(classes);
  expect((await read(sets('0|1'), 7)).classes).toBe(7);
  expect((await read({ abstain: 'image,labeler,label\n3,P,0\n5,P,4\n3,Q,?\n5,Q,1\n' })).classes).toBe(5);
  expect((await read({ counts: 'image,count_0,count_1,count_2\n3,1,2,0\n' })).classes).toBe(3);
  expect(await read({})).toEqual({ classes: 2, counts: null, abstain: null, sets: null, graded: null });
});

test('answers of each table stand with their image', async () => {
  const found = await read({
    sets: 'image,labeler,labels\n5,B,2|0\n3,A,1\n5,A,2|0\n3,B,\n',
    abstain: 'image,labeler,label\n3,A,1\n3,B,?\n5,A,?\n5,B,2\n',
    counts: 'image,count_0,count_1\n5,4,\n3,1,2\n',
  });
  expect(found.sets).toEqual([
    [[1]],
    [
      [0, 2],
      [0, 2],
    ],
  ]);
  expect(found.abstain).toEqual({
    abstained: Uint32Array.of(1, 1),
    labels: { images: 2, classes: 3, counts: Uint32Array.of(0, 1, 0, 0, 0, 1), present: Uint32Array.of(1, 1) },
  });
  expect(found.counts).toEqual({
    images: 2,
    classes: 3,
    counts: Uint32Array.of(1, 2, 0, 4, 0, 0),
    present: Uint32Array.of(3, 4),
  });
  await expect(read({ sets: 'image,labeler,labels\n3,A,1|1\n' })).rejects.toMatchObject({
    code: 'experiment.label-twice',
  });
});
