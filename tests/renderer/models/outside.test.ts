import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingRuntime } from '../../../main/training/outside/runtime.ts';
import { benchWithSample } from '../../services/archive/archive-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { nearestMean } from '../../training/outside/nearest-mean.ts';
import { hasBrowser, openPage, startHost, violations, violationsInAll } from '../harness.ts';

test.skipIf(!hasBrowser || missingRuntime() !== null)(
  'an ONNX model is looked into, checked, put right by one click, and added, by keyboard',
  { timeout: 240_000 },
  async () => {
    const bench = await benchWithSample();
    bench.storage.close();
    const path = join(temporaryFolder(), 'nearest.onnx');
    writeFileSync(path, nearestMean().model);
    const host = await startHost({ dataFolder: bench.storage.folder });
    const page = await openPage(host, { route: '/studies/sample/models/outside' });
    const dialog = page.getByRole('dialog', { name: 'Add nearest.onnx' });
    await page.getByRole('button', { name: 'Enter a path' }).press('Enter');
    await page.getByLabel('Path of the .onnx file on the computer that runs the program').fill(path);
    await page.keyboard.press('Enter');
    await dialog.getByText('image float32 [batch, 1, 28, 28]').waitFor();
    await dialog.getByText('3 kinds of operations').waitFor();
    const add = dialog.getByRole('button', { name: 'Add model' });
    expect(await add.isDisabled()).toBe(true);

    // Outputs of a class, by their number.
    await dialog.getByRole('button', { name: 'Remove output 3, output 3, from 3' }).press('Enter');
    await dialog.getByText('Choose outputs for 3.').waitFor();
    await dialog.getByRole('button', { name: 'Choose outputs of 3' }).press('Enter');
    await dialog.getByLabel('Find outputs of 3').fill('3');
    await dialog.getByRole('button', { name: 'output 3 3', exact: true }).press('Enter');
    await dialog.getByText('Every output belongs to a class.').waitFor();
    await dialog.getByRole('checkbox', { name: 'Invert black and white' }).press(' ');
    expect(await violationsInAll(page, 'models-outside-add')).toEqual([]);

    await dialog.getByRole('button', { name: 'Check the model' }).press('Enter');
    await dialog.getByRole('button', { name: 'Cancel the check' }).press('Enter');
    await dialog.getByRole('button', { name: 'Check the model' }).press('Enter');
    const better = dialog.getByRole('button', { name: 'Swap black and white, and check again' });
    await better.waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await add.isDisabled()).toBe(true);
    await better.press('Enter');
    await dialog.getByText('No other mapping that was tried does better.').waitFor();
    await add.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByRole('row', { name: /nearest/ })
      .getByText('Softmax')
      .waitFor();
    expect(await violations(page)).toEqual([]);
  },
);
