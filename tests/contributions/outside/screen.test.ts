import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { missingRuntime } from '../../../main/contributions/outside/model/runtime.ts';
import { benchWithSample } from '../archives/archive-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { digitWords, writeDigitsClip } from './model/digits-clip.ts';
import { nearestMean } from './model/nearest-mean.ts';
import { hasBrowser, openPage, startHost, violations, violationsInAll } from '../../renderer/harness.ts';

test.skipIf(!hasBrowser || missingRuntime() !== null)(
  'ONNX and image-text models are looked into, checked, put right, and added, by keyboard',
  { timeout: 240_000 },
  async () => {
    const bench = await benchWithSample();
    bench.storage.close();
    const host = await startHost({ dataFolder: bench.storage.folder });
    const page = await openPage(host, { route: '/studies/sample/models/outside' });
    await addOnnx(page);
    await addImageText(page);
  },
);

async function addOnnx(page: Page): Promise<void> {
  const path = join(temporaryFolder(), 'nearest.onnx');
  writeFileSync(path, nearestMean().model);
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
  await dialog.getByText('None of the other mappings tried does better.').waitFor();
  await add.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByRole('row', { name: /nearest/ })
    .getByText('Softmax')
    .waitFor();
  expect(await violations(page)).toEqual([]);
}

/** From uploads, where a part is missing at first. */
async function addImageText(page: Page): Promise<void> {
  const { model, text, data } = writeDigitsClip('table.bin');
  const chosen = [text.encoder.path, model.path, data];
  await page.getByLabel('Files of a model, or a table of answers').setInputFiles(chosen);
  const files = page.getByRole('dialog', { name: 'Files of an image-text model' });
  await files.getByText('Still to choose: tokenizer.json.').waitFor();
  await files.getByLabel('File of the part Tokenizer', { exact: true }).setInputFiles(text.tokenizer.path);
  // Names say which encoder is which, and still they may be exchanged: a text encoder takes no images.
  await files.getByRole('button', { name: 'Swap the encoders' }).press('Enter');
  await files.getByRole('button', { name: 'Look into the files' }).press('Enter');
  await files.getByRole('alert').waitFor();
  expect(await violations(page)).toEqual([]);
  await files.getByRole('button', { name: 'Swap the encoders' }).press('Enter');
  await files.getByRole('button', { name: 'Look into the files' }).press('Enter');

  const dialog = page.getByRole('dialog', { name: 'Add clip.onnx' });
  await dialog.getByText('text.onnx').waitFor();
  await dialog.getByText('table.bin').waitFor();
  for (const [k, word] of digitWords.entries()) await dialog.getByLabel(`Words for ${k}`).fill(word);
  await dialog.getByLabel('Words for 3').fill('');
  await dialog.getByText('Enter a word for 3.').waitFor();
  await dialog.getByLabel('Words for 3').fill('n, cat');
  const templates = dialog.getByLabel('Templates, one on each line');
  await templates.fill('{class}\n a photo');
  await dialog.getByRole('status').filter({ hasText: 'Template 2 needs {class}' }).waitFor();
  expect(await dialog.getByRole('button', { name: 'Check the model' }).isDisabled()).toBe(true);
  expect(await violationsInAll(page, 'models-outside-prompts')).toEqual([]);
  await templates.fill('{class}\n{class}.');
  await dialog.getByText('22 prompts in all: 2 templates times 11 words').waitFor();
  await dialog.getByLabel('Words for 3').fill('n');
  expect(await dialog.getByLabel('Name of the model').inputValue()).toBe('clip, 2 templates, words k, l, m, ...');

  await dialog.getByRole('button', { name: 'Check the model' }).press('Enter');
  await dialog.getByText('None of the other mappings tried does better.').waitFor();
  await dialog.getByRole('button', { name: 'Add model' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByRole('row', { name: /clip, 2 templates/ })
    .getByText('Softmax')
    .waitFor();
}
