import { join } from 'node:path';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../lab/lab-helper.ts';
import { smallStudy } from '../study/small-study.ts';
import { putSmallStudy, type TestLab, testLab, untilIdle } from './test-lab.ts';

export const study = 'small';

/** Three models of one architecture, so that trainings are short. */
export const models = (smallStudy() as { models: { name: string }[] }).models;
export const onlyMlps = { models: models.filter(({ name }) => name.startsWith('MLP')) };

export async function train(
  test: Pick<TestLab, 'lab' | 'client'>,
  change: object,
  folder = temporaryFolder(),
): Promise<void> {
  putSmallStudy({ ...test, folder }, change);
  await test.client.work.start({ study, goal: 'models' });
  await untilIdle(test);
}

/** Makes a data folder with those models trained. */
export const putTrained = (dataFolder: string): Promise<void> =>
  madeOnce('trained-mlps', dataFolder, async (made) => {
    const test = openLab(made);
    await train(test, onlyMlps, folderOfRun('trained-mlps-set'));
    await test.lab.close();
  });

/** A lab with those models trained, and their rows by name. */
export async function trained() {
  const folder = temporaryFolder();
  await putTrained(join(folder, 'data'));
  const test = testLab(folder);
  const grouped = await test.client.runs.table({ study, sort: { by: 'name', descending: false }, group: 'group' });
  // Rows of groups, which are closed at first, are asked for when they open.
  const table = { ...grouped, rows: await test.client.runs.rows({ study, ids: grouped.ids }) };
  const [first, second] = table.rows;
  if (!first || !second) throw new Error('no rows');
  return { ...test, folder: folderOfRun('trained-mlps-set'), table, first, second };
}
