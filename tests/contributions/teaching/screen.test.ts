import { join } from 'node:path';
import { expect, test } from 'vitest';
import { teachingSchema } from '../../../main/contributions/teaching/contract/design.ts';
import { additionsElsewhere } from '../../../main/contributions/contrasts/elsewhere.ts';
import { makeTargets } from '../../../main/contributions/teaching/targets/make.ts';
import { fieldsOf, parseTeaching } from '../../../renderer/contributions/teaching/teaching-fields.ts';
import { openBench } from '../archives/archive-helper.ts';
import { writeSmallStudy } from '../../services/study/small-study.ts';
import { runFile, taughtStudy } from './taught-study.ts';
import { hasBrowser, shareHost, violationsInAll } from '../../renderer/harness.ts';

const shared = shareHost(async (folder) => {
  const teaching = { base: 'MLP', arms: ['alpha_hard', 'human'], folds: 2, seeds: 2 };
  const path = writeSmallStudy(folder, taughtStudy(teaching));
  const workbench = openBench(join(folder, 'data'));
  await runFile(workbench, path);
  await makeTargets(additionsElsewhere(workbench), 'small', { teaching: null });
  await runFile(workbench, path);
  workbench.storage.close();
  return join(folder, 'data');
});

test('a design stays as it is in its form; what is wrong is said with the title of the setting', () => {
  const teaching = teachingSchema.parse({ base: 'MLP', arms: ['majority', 'human'], share: 1 / 3 });
  const choices = { bases: [], teachers: [], arms: [], missing: null, images: 1, labelers: 4, simulated: false };
  const fields = fieldsOf(teaching, choices);
  expect(parseTeaching(fields)).toEqual({ teaching: expect.objectContaining({ share: 1 / 3, margin: 0.001 }) });
  expect(parseTeaching({ ...fields, share: 25 })).toMatchObject({
    problem: expect.stringMatching(/^Share of a batch: /),
  });
  const temperatures: unknown[] = [0.5, '10o'];
  const distill = { temperatures: temperatures as number[] };
  expect(parseTeaching({ ...fields, arms: ['majority', 'distill'], distill })).toEqual({
    problem: 'Temperatures to choose from: "10o" is not a number',
  });
});

test.skipIf(!hasBrowser)(
  'an experiment is planned by keyboard beside what it takes, and its outcomes open images',
  { timeout: 240_000 },
  async () => {
    const page = await shared.openPage({ route: '/studies/small/models/teachers' });
    await page.getByText(/^4 cells with networks × 2 seeds; 8 of 8 trainings ended/).waitFor();
    await page.getByRole('button', { name: 'Change design' }).focus();
    await page.keyboard.press('Enter');
    const plan = page.getByRole('region', { name: 'What this takes' });
    await plan.getByText(/^4 cells × 2 seeds: 0 new trainings; 8 trainings of the study stay/).waitFor();
    await plan.getByText(/^These images and simulated labelers cannot tell “People’s distribution”/).waitFor();
    await plan.getByText(/no network can score below 0\.\d+ \(Brier score, floor\)/).waitFor();
    await page.getByRole('checkbox', { name: 'Majority', exact: true }).focus();
    await page.keyboard.press('Space');
    await plan.getByText(/^6 cells × 2 seeds/).waitFor();
    await page.getByLabel('Folds', { exact: true }).fill('4');
    await plan
      .getByText('4 folds need 4 groups of images that share no anchor and no pixels, and there are 3')
      .waitFor();
    expect(await violationsInAll(page, 'teachers-plan')).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await violationsInAll(page, 'teachers')).toEqual([]);

    await page.getByRole('link', { name: 'Show outcomes' }).click();
    const forest = page.getByRole('application', {
      name: /^Half a teaches, Brier score: difference from Nearer class/,
    });
    await forest.waitFor();
    await page.getByRole('application', { name: /^Half a teaches: NLL against simulated labelers/ }).waitFor();
    await page
      .getByRole('region', { name: /^Arms against “Nearer class”/ })
      .first()
      .waitFor();
    expect(await violationsInAll(page, 'teachers-outcomes')).toEqual([]);
    await forest.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page
      .getByRole('dialog', { name: /images on which People’s distribution differs most from Nearer class/ })
      .waitFor();
  },
);
