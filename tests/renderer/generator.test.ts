import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { studySchema } from '../../main/contract/studies/study.ts';
import { openStorage } from '../../main/storage/open.ts';
import { absoluteDataSet } from '../../main/services/declaration/data-set.ts';
import { loadStudy } from '../../main/services/declaration/study-file.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { smallRecord } from '../services/runs/small-images.ts';
import { writeSmallStudy } from '../services/study/small-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations, violationsInAll } from './harness.ts';

/** A data folder with a study whose generator trains for some seconds, with a grid each 80 steps. */
function dataFolder(): string {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const generator = {
    recipe: { kind: 'dcgan28', latent: 16, features: 8, steps: 1200, batch: 16, stepSize: 2e-3, sampleEvery: 80 },
    seed: 3,
  };
  const { study } = loadStudy(writeSmallStudy(folder, { generator }), '', []);
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder: data });
  const absolute = studySchema.parse({ ...study, dataSet: absoluteDataSet(study.dataSet, folder) });
  workbench.storage.studies.put(study.name, absolute, 1);
  workbench.storage.close();
  return data;
}

/** The study's images as if they were read: few of them, gray. */
function storeImages(dataFolder: string): void {
  const storage = openStorage(dataFolder, { beside: true });
  storage.dataSets.put(smallRecord(storage.studies.byName('small')?.spec.dataSet), 1);
  storage.close();
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

test.skipIf(!hasBrowser)(
  'a generator trains live: grids, back through time, stop, go on, a checkpoint',
  { timeout: 400_000 },
  async () => {
    const host = await startHost({ dataFolder: dataFolder() });
    const route = '/studies/small/generator';
    const page = await openPage(host, { route });
    await page.getByRole('heading', { name: 'Not trained yet' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'generator-empty');
    await button(page, 'Train generator').click();
    const slider = page.getByRole('slider', { name: 'Step' });
    await slider.waitFor({ timeout: 120_000 });
    await page.getByText(/grid ([2-9]|1[0-4]) of/).waitFor({ timeout: 120_000 });
    await screenshot(page, 'generator-training');

    await button(page, 'Stop').click();
    await button(page, 'Resume training').waitFor();
    await button(page, 'Resume training').click();
    await page.getByText('step 1,200 of 1,200').waitFor({ timeout: 240_000 });
    await page.getByText('grid 15 of 15, the newest').waitFor();

    await slider.focus();
    for (let back = 0; back < 12; back++) await page.keyboard.press('ArrowLeft');
    await page.getByText('Generated, step 240').waitFor();
    await expect.poll(() => page.url()).toContain('step=240');
    await button(page, 'Use step 240').click();
    await page.getByText('The study uses step 240 (shown).').waitFor();
    await button(page, 'Undo').click();
    await page.getByText('The study uses the last step.').waitFor();
    expect(await violations(page)).toEqual([]);

    const losses = page.getByRole('region', { name: 'Losses', exact: true });
    const picked = async (): Promise<string> => {
      await losses
        .locator('.recharts-wrapper')
        .first()
        .click({ position: { x: 400, y: 90 } });
      return page.url();
    };
    await expect.poll(picked).not.toContain('step=240');

    const full = await openPage(host, { route: `${route}?step=560` });
    await full.getByText('Generated, step 560').waitFor();
    await full.waitForLoadState('networkidle');
    expect(await violationsInAll(full, 'generator')).toEqual([]);
  },
);

test.skipIf(!hasBrowser)('a recipe is changed before the training; what does not fit is not saved', async () => {
  const host = await startHost({ dataFolder: dataFolder() });
  const page = await openPage(host, { route: '/studies/small/generator' });
  await page.getByRole('textbox', { name: 'Steps', exact: true }).fill('600');
  const batch = page.getByRole('textbox', { name: 'Batch size' });
  await batch.fill('512');
  await page.getByRole('checkbox', { name: 'Class-conditional' }).check();
  await page.getByRole('checkbox', { name: 'Spectral norm' }).check();
  await page.getByRole('combobox', { name: 'Loss' }).click();
  await page.getByRole('option', { name: 'Hinge' }).click();
  await page.getByRole('textbox', { name: 'Decay of averaged weights' }).fill('0.99');
  await page.getByRole('combobox', { name: 'Augmentation' }).click();
  // Nobody has read the images yet, so they may be in color.
  await page.getByRole('option', { name: 'Color' }).waitFor();
  await page.getByRole('option', { name: 'Cutout' }).click();
  await page.keyboard.press('Escape');
  await button(page, 'Save recipe').click();
  await expect.poll(() => button(page, 'Save recipe').isDisabled()).toBe(true);
  await page.locator('button[data-loading]').waitFor({ state: 'detached' });
  await page.reload();
  await expect.poll(() => page.getByRole('textbox', { name: 'Steps', exact: true }).inputValue()).toBe('600');
  await expect.poll(() => page.getByRole('checkbox', { name: 'Class-conditional' }).isChecked()).toBe(true);
  expect(await page.getByRole('combobox', { name: 'Loss' }).inputValue()).toBe('Hinge');
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'generator-recipe');
  // Once the images were read, their number limits a batch.
  storeImages(host.dataFolder);
  await page.reload();
  await page.getByText('A batch of 512 is larger than the training set of 288 images.').waitFor();
  await page.getByText('This recipe cannot be trained: see Batch size').waitFor();
  await page.getByText('The generator cannot be trained: see Batch size').waitFor();
  expect(await button(page, 'Save recipe').isDisabled()).toBe(true);
  expect(await button(page, 'Train generator').isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'generator-refused');
  await button(page, 'Change the batch size to 288').click();
  await expect.poll(() => batch.inputValue()).toBe('288');
  await button(page, 'Save recipe').click();
  await expect.poll(() => button(page, 'Train generator').isEnabled()).toBe(true);
  await page.getByText('Shipped generator').click();
  await page.getByRole('heading', { name: 'Provenance' }).waitFor();
  const download = page.waitForEvent('download');
  await button(page, 'Download the generator mnist-dcgan28').click();
  await page.getByRole('menuitem', { name: /^ONNX/ }).click();
  expect((await download).suggestedFilename()).toBe('mnist-dcgan28.onnx');
  await button(page, 'Undo').click();
  await page.getByRole('heading', { name: 'Not trained yet' }).waitFor();
});
