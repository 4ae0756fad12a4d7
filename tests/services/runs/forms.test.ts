import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeDataSet } from '../../../main/services/declaration/describe-data-set.ts';
import { presetSource, smallRecord } from './small-images.ts';
import { putSmallStudy, testLab } from './test-lab.ts';
import { smallModels } from '../study/small-study.ts';

const study = 'small';
const recipe = { architecture: smallModels.mlp, batch: 30, targets: [94], tolerance: 1.05, maxEpochs: 1343 };
const entry = (name: string, change: object = {}) => ({
  name,
  group: 'diverse',
  seed: 3,
  recipe: { ...recipe, ...change },
});

/** A study of 72 test images, its images known. */
function fewImages(models: readonly object[]) {
  const opened = testLab();
  putSmallStudy(opened, { models });
  const { storage } = opened.lab.workbench;
  storage.dataSets.put(smallRecord(storage.studies.byName(study)?.spec.dataSet), 1);
  return opened;
}

test('forms begin with targets, tolerance, batch and epochs of the study, and with architectures of its images', async () => {
  const { client } = fewImages([entry('MLP1')]);
  const { recipe: usual, architectures } = await client.runs.usualModel({ study });
  expect(usual).toMatchObject({ targets: [94], tolerance: 1.05, batch: 30, maxEpochs: 1343 });
  expect(architectures.find(({ kind }) => kind === 'vit')).toMatchObject({ patch: 6 });
});

test('what cannot be trained is refused before it is added, with the nearest values', async () => {
  const { client, lab } = fewImages([entry('MLP1')]);
  const grid = (base: object, factors: { of: string; levels: { value: number }[] }[] = []) => ({
    study,
    grid: {
      name: 'MLP',
      group: 'diverse' as const,
      base: { ...recipe, architecture: { kind: 'mlp' as const }, ...base },
      factors,
      seed: 1,
      seeds: 1,
      repeats: 1,
    },
  });
  const refused = async (asked: Promise<unknown>, nearest: object) =>
    expect(asked).rejects.toMatchObject({ data: { nearest } });
  const reached = [
    { path: 'targets', from: 97.5, to: 97.2 },
    { path: 'tolerance', from: 0.05, to: 0.28 },
  ];
  await refused(client.runs.planModels(grid({ targets: [97.5], tolerance: 0.05 })), reached);
  const batches = [{ of: 'batch', levels: [{ value: 30 }, { value: 512 }] }];
  await refused(client.runs.addModels(grid({}, batches)), [{ path: 'batch', from: 512, to: 288 }]);
  const base = { ...recipe, architecture: smallModels.mlp, targets: [97.5], tolerance: 0.05 } as never;
  await refused(
    client.effects.planSweep({ study, sweep: { name: 's', seeds: 1, seed: 1, base, factors: batches } }),
    reached,
  );
  expect(lab.workbench.storage.studies.byName(study)?.spec.models).toHaveLength(1);
  const { own, images } = await client.generator.get({ study });
  expect(images?.trainCount).toBe(288);
  const wide = { study, recipe: { ...(own ?? expect.fail('no generator')).recipe, batch: 512 }, seed: 1 };
  await refused(client.generator.setRecipe(wide), [{ path: 'batch', from: 512, to: 288 }]);
  expect((await client.generator.get({ study })).own).toEqual(own);
});

test('a target of validation images is checked where labels are in IDX files, too', async () => {
  const opened = testLab();
  putSmallStudy(opened, { models: [entry('MLP1')] });
  const { storage } = opened.lab.workbench;
  const dataSet = storage.studies.byName(study)?.spec.dataSet;
  if (dataSet?.source !== 'idx') throw new Error('the study has no IDX files');
  const { classCounts, ...record } = describeDataSet(dataSet, opened.folder);
  // An earlier version counted no labels, so nobody knows how many images of each class there are.
  storage.dataSets.put(record, 1);
  const held = entry('Held', { landing: 'validation', targets: [97.5], tolerance: 0.05 }) as never;
  const plan = () => opened.client.runs.planModels({ study, entries: [held] });
  expect(await plan()).toMatchObject({ runs: 1 });
  storage.dataSets.put({ ...record, ...(classCounts && { classCounts }) }, 2);
  await expect(plan()).rejects.toMatchObject({
    data: {
      what: expect.stringContaining('With 499 validation images no accuracy'),
      nearest: [{ path: 'targets', from: 97.5, to: 97.6 }, { path: 'tolerance' }],
    },
  });
});

test('the study’s own recipes are suggested first, and presets only for its images', async () => {
  const { client } = fewImages(
    [
      entry('MLP1'),
      entry('Again', { architecture: smallModels.mlp }),
      entry('LeNet', { architecture: { kind: 'lenet' } }),
    ].map((one, index) => ({ ...one, seed: index + 1 })),
  );
  const { own, presets } = await client.runs.suggested({ study });
  expect(presets).toEqual([]);
  expect(own.map(({ name, ways }) => [name, ways.map(({ way }) => way)])).toEqual([
    ['MLP1', ['seed', 'narrow', 'wide']],
    // Its width is fixed.
    ['LeNet', ['seed']],
  ]);
  const widths = own[0]?.ways.map(({ entry: { recipe: of } }) => 'hidden' in of.architecture && of.architecture.hidden);
  expect(widths).toEqual([[16], [8], [32]]);
  const { names, entries } = await client.runs.planModels({
    study,
    entries: own.flatMap(({ ways }) => ways.map(({ entry: one }) => one)),
  });
  expect(names).toHaveLength(4);
  expect(entries.find(({ recipe: of }) => 'hidden' in of.architecture && of.architecture.hidden[0] === 16)?.seed).toBe(
    3,
  );
});

test('presets for the same images are suggested wherever those lie', async () => {
  const test = testLab();
  putSmallStudy(test, { dataSet: { ...presetSource('fashion'), trainImages: join(test.folder, 'elsewhere') } });
  const { presets } = await test.client.runs.suggested({ study });
  expect(new Set(presets.map(({ from }) => from.split(':')[0]))).toEqual(new Set(['Fashion']));
  expect(presets).toHaveLength(9);
});
