import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../../main/domain/numbers/arrays.ts';
import { openStorage } from '../../main/storage/open.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, themes, violations } from './harness.ts';
import { dataWithManyRuns } from './models/models-data.ts';
import { prepareTenDigits, studyName } from './ten-digits.ts';

const patience = 240_000;
const latents = 'z (100 numbers)';

let prepared = '';
beforeAll(async () => {
  if (hasBrowser) prepared = await prepareTenDigits();
}, patience);
afterAll(() => {
  if (prepared) rmSync(join(prepared, '..'), { recursive: true, force: true });
});

/** Path of the weights of the study's reference classifier. */
function referenceWeights(dataFolder: string): string {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    const [run] = storage.runs.list({ kinds: ['classifier'] });
    const result = storage.runs.get(run?.id ?? 0)?.result;
    if (result?.kind !== 'classifier') throw new Error('the reference classifier is not trained');
    return storage.blobs.path(at(result.snapshots, 0).weights);
  } finally {
    storage.close();
  }
}

test.skipIf(!hasBrowser)('a check that fails is no check without doubts', { timeout: patience }, async () => {
  const weights = referenceWeights(prepared);
  const host = await startHost({ dataFolder: prepared });
  renameSync(weights, `${weights}.kept`);
  // What even root cannot read.
  symlinkSync(weights, weights);
  for (const theme of themes) {
    const page = await openPage(host, { route: `/studies/${encodeURIComponent(studyName)}/stimuli`, ...theme });
    const question = page.getByRole('dialog');
    const told = question.getByRole('alert');
    await page.getByRole('tab', { name: 'Freeze' }).click();
    await page.getByRole('button', { name: 'Freeze 105 images' }).click();
    await question.getByRole('heading', { name: 'Freeze without checking the anchors?' }).waitFor();
    await told.getByText('A stored file cannot be read').waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, `freeze-unchecked-${theme.colorScheme}`);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await page.getByRole('heading', { name: /^Frozen/ }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Anchors' }).click();
    await page.getByRole('button', { name: /^Anchor of 0/ }).click();
    await page.getByText('Custom point: enter z, or move it').click();
    await page.getByLabel(latents).fill(Array.from({ length: 100 }, () => '0.5').join(' '));
    await page.getByRole('button', { name: 'Draw this point' }).click();
    await page.getByRole('button', { name: 'Use as anchor of 0' }).click();
    await told.getByText('A stored file cannot be read').waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, `anchor-unchecked-${theme.colorScheme}`);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await page.close();
  }
});

test.skipIf(!hasBrowser)(
  'runs that cannot be loaded are told, and loaded on request',
  { timeout: patience },
  async () => {
    const host = await startHost({ dataFolder: dataWithManyRuns(temporaryFolder(), 600) });
    const page = await openPage(host, { route: '/studies/bench/models' });
    const place = { isFailing: true };
    await page.routeWebSocket(/\/calls$/, (socket) => {
      const program = socket.connectToServer();
      socket.onMessage((message) =>
        program.send(place.isFailing ? message.toString().replace('/runs/rows', '/runs/nothing') : message),
      );
    });
    await page.reload();
    await page.getByRole('grid').press('End');
    const told = page.getByRole('alert');
    await told.waitFor();
    await page.locator('.row-waiting').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'runs-not-loaded');
    place.isFailing = false;
    await told.getByRole('button', { name: 'Try again' }).click();
    await told.waitFor({ state: 'detached' });
    await page.locator('.row-waiting').first().waitFor({ state: 'detached' });
  },
);
