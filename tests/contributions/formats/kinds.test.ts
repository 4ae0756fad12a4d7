import { expect, test } from 'vitest';
import { dataSetSchema } from '../../../main/contract/studies/study.ts';
import { kinds } from '../../../main/contributions/formats/sources/kinds.ts';
import { readerOf } from '../../../main/contributions/formats/sources/readers.ts';
import type { PreparedSource } from '../../../main/domain/data/data-sources.ts';
import { prepare } from './image-folder.ts';

test('every format that a host knows is read', () => {
  expect(kinds.map(({ id }) => typeof readerOf(id).find)).toEqual(kinds.map(() => 'function'));
});

test('a study file may name a format that nothing here reads; it is refused when its images are read', async () => {
  const declared = { source: 'file', format: 'tapes', name: 'old', path: '/tapes' };
  const source = dataSetSchema.parse(declared) as PreparedSource;
  expect(source).toEqual({ ...declared, classes: null, options: {} });
  await expect(prepare(source)).rejects.toMatchObject({
    code: 'data-set.no-format',
    message: 'Nothing here reads data sets of the format “tapes”',
    where: '/tapes',
    remedy: 'Correct dataSet.format: there are cifar, npz, folder.',
  });
});
