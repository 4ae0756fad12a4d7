import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepPresets } from '../../../main/contributions/effects/sweeps.ts';
import { recipeSettings } from '../../../main/domain/settings/recipe-settings.ts';
import { draftOf } from '../../../renderer/recipes/setting-drafts.ts';
import { parsePlan } from '../../../renderer/contributions/effects/sweeps/sweep-drawer.tsx';
import { fieldsOf } from '../../../renderer/contributions/effects/sweeps/sweep-fields.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';
import { dataWithSmallStudy } from '../../renderer/models/models-data.ts';

test.skipIf(!hasBrowser)(
  'a sweep is planned, its numbers told, trained, watched, and gets another seed',
  { timeout: 240_000 },
  async () => {
    const host = await startHost({ dataFolder: await dataWithSmallStudy(temporaryFolder(), { models: [] }) });
    const page = await openPage(host, { route: '/studies/small/models/sweeps' });
    await page.getByRole('button', { name: 'Plan sweep' }).click();
    await page.getByText(/^4 cells × 1 seed: 4 trainings, about .*, .*B$/).waitFor();
    const start = page.getByRole('combobox', { name: 'Start from' });
    await start.click();
    await page.getByRole('option', { name: /^Effects: four architectures, three optimizers/ }).click();
    await page.getByText(/^24 cells × 5 seeds: 120 trainings, about/).waitFor();
    await start.click();
    await page.getByRole('option', { name: 'Levels of your choice' }).click();
    await page.getByText(/^4 cells × 1 seed: 4 trainings/).waitFor();
    await page.getByRole('button', { name: /^Leave out sweep-CNN-AdamW/ }).click();
    await page.getByText(/^3 cells × 1 seed: 3 trainings/).waitFor();
    await page.getByRole('button', { name: 'Do not vary architecture' }).click();
    await page.getByRole('button', { name: 'Do not vary optimizer' }).click();
    await page.getByText('Choose at least one thing that varies').waitFor();
    for (const factor of ['Schedule', 'Clipped gradients', 'Initial weights', 'Mixup (alpha)']) {
      await page.getByRole('combobox', { name: 'Vary also' }).click();
      await page.getByRole('option', { name: factor, exact: true }).click();
    }
    await page.getByLabel('Schedule length (epochs), cosine').fill('12');
    await page.getByText(/^16 cells × 1 seed: 16 trainings/).waitFor();
    await screenshot(page, 'sweep-settings');
    for (const factor of ['schedule', 'clipped gradients', 'initial weights', 'mixup (alpha)'])
      await page.getByRole('button', { name: `Do not vary ${factor}` }).click();
    await page.getByLabel('Name', { exact: true }).fill('rate');
    await page.getByRole('combobox', { name: 'Vary also' }).click();
    await page.getByRole('option', { name: 'Learning rate' }).click();
    await page.getByLabel('Values of learning rate').fill('0.001, fast');
    await page.getByText('Learning rate: "fast" is not a number').waitFor();
    await page.getByLabel('Values of learning rate').fill('0.001, 0.00000001');
    await page.getByText('Settings that all cells share').click();
    await page.getByLabel('Hidden layers', { exact: true }).fill('8');
    await page.getByLabel('Batch size').fill('32');
    await page.getByLabel('Targets').fill('96');
    await page.getByLabel('Tolerance (points)').fill('3');
    await page.getByLabel('Maximum epochs').fill('3');
    await page.getByText(/^2 cells × 1 seed: 2 trainings, about .*, .*B$/).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'sweep-plan');
    await page.getByRole('button', { name: 'Train 2 models' }).click();

    const cell = (level: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: level, exact: true }) });
    await cell('0.001').getByText('1 of 1').waitFor({ timeout: 90_000 });
    // A cell that cannot land stays, and says so.
    await cell('1e-8').getByText('1 missed the target').waitFor({ timeout: 90_000 });
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Add levels or seeds' }).click();
    await page.getByLabel('Seeds of each cell').fill('2');
    await page.getByText(/^2 cells × 2 seeds: 2 new trainings, about/).waitFor();
    await page.getByRole('button', { name: 'Train 2 models' }).click();
    await cell('0.001').getByText('2 of 2').waitFor({ timeout: 90_000 });
    await screenshot(page, 'sweeps');
    await cell('0.001').getByRole('button', { name: /s1$/ }).click();
    await page.getByRole('dialog').getByText('rate-0.001-s1').first().waitFor();
  },
);

test('the form that a preset’s sweep fills has that very sweep', () => {
  for (const { sweep } of sweepPresets(join(repository, 'resources'))) {
    expect(parsePlan(fieldsOf(sweep), draftOf(recipeSettings, sweep.base), null)).toEqual({ sweep });
  }
});
