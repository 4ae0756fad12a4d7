import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataSetHeader } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { folderSource } from '../../folder-source.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import { smallModels, smallStudy, writeSmallStudy } from './small-study.ts';

const recipe = { architecture: smallModels.mlp, optimiser: { stepSize: 1e-3 }, targets: [90], tolerance: 5 };
const models = [{ name: 'MLP1', group: 'diverse', recipe }];

/** A lab that has nothing to read images of other formats. */
function openWithout() {
  const it = openLab();
  Object.assign(it.lab.workbench, { dataSources: null });
  return it;
}

test('without what reads its format, a study opens, says so in a line, and cannot read its images', async () => {
  const it = openWithout();
  const study = addSmallStudy(it, { dataSet: folderSource('/pets'), models });
  const { kind, isStored, files } = await it.client.studies.dataSet({ study });
  expect({ kind, isStored }).toEqual({ kind: 'folder, which this version cannot read again', isStored: false });
  expect(files).toEqual([{ file: 'path', label: 'Path', path: '/pets', uploaded: null, found: false }]);
  const ended = await jobEnded(it, (await it.client.work.start({ study, goal: 'models' })).job);
  expect(ended).toMatchObject({ state: 'failed' });
  expect(JSON.stringify(ended)).toContain('these images cannot be read again');
});

test('images that the data folder has are trained on without what reads their format', async () => {
  const it = openWithout();
  const folder = temporaryFolder();
  writeSmallStudy(folder, smallStudy());
  const path = (name: string): string => join(folder, 'set', name);
  const paths = { trainImages: path('train-images'), trainLabels: path('train-labels') };
  const test = { testImages: path('t10k-images'), testLabels: path('t10k-labels') };
  const names = { name: 'zeros', classes: ['zero', 'one'] };
  const set = loadDataSet({ source: 'idx', ...names, ...paths, ...test }, folder);
  const parts = [set.train.images, set.train.labels, set.test.images, set.test.labels];
  const { storage } = it.lab.workbench;
  expect(storage.blobs.put(Buffer.concat([Buffer.from(dataSetHeader(set)), ...parts]))).toBe(set.hash);
  const dataSet = folderSource('/gone', { name: 'zeros', classes: names.classes, width: 28, height: 28, channels: 1 });
  const { train, test: tested, ...about } = set;
  const counts = { trainCount: train.count, testCount: tested.count };
  const record = { ...about, ...counts, classes: [...names.classes], source: dataSet };
  storage.dataSets.putPrepared(record, { findings: null, fingerprint: null }, 1000);
  const study = addSmallStudy(it, { dataSet, models });
  const ended = await jobEnded(it, (await it.client.work.start({ study, goal: 'models' })).job);
  expect(ended.messages.join('\n')).toBe('');
  expect(ended).toMatchObject({ state: 'done' });
});
