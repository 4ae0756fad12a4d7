import { expect, test } from 'vitest';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addSeedStudy, seedDesign } from '../services/results/seed-study.ts';
import { hasBrowser, looks, screenshot, shareHost, violations } from './harness.ts';

const shared = shareHost(async (folder) => {
  const dataFolder = await sampleFolder(folder);
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  workbench.storage.close();
  return dataFolder;
});

const effects = `/studies/${seedDesign.name}/results/effects`;

test.skipIf(!hasBrowser)(
  'effects: a forest of levels, what depends on targets, a plan, images of a level',
  async () => {
    const page = await shared.openPage({ route: effects });
    const forest = page.getByRole('application', { name: /^Two networks disagree: difference from CNN/ });
    await forest.waitFor();
    const table = page.getByRole('region', { name: /^Two networks disagree: effect of architecture/ });
    await expect.poll(() => table.getByRole('row', { name: /^ViT/ }).textContent()).toContain('higher');
    await page.getByText('CNN below ViT; MLP below ViT').waitFor();

    // By keyboard to a level, and on to what is behind its numbers.
    await forest.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Behind the numbers of ViT' }).getByText('ViT, 45 networks').waitFor();

    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Misclassified', exact: true }).click();
    await page.getByRole('combobox', { name: 'Depends on' }).click();
    await page.getByRole('option', { name: 'Target' }).click();
    await page.getByRole('heading', { name: /^Does the effect of architecture depend on target/ }).waitFor();
    await page.getByText('The levels are not told apart by these data.').waitFor();
    await page.getByText(/^Not even 45 pairs and 200 seeds show a difference of 2 percentage points between/).waitFor();

    const numbers = page.getByRole('region', { name: /^Misclassified: effect of architecture/ });
    await numbers
      .getByRole('button', { name: /MLP: show networks and images/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^Show the \d+ images on which they differ/ }).click();
    await page.getByRole('dialog', { name: /Misclassified: MLP and CNN differ/ }).waitFor();
    expect(await violations(page)).toEqual([]);
  },
);

test.skipIf(!hasBrowser)('effects: the address holds the question, in both themes', async () => {
  for (const look of looks) {
    const page = await shared.openPage({ route: `${effects}?outcome=type_c&people=random&second=target`, ...look });
    await page.getByRole('heading', { name: /^Type C: .*: effect of architecture/ }).waitFor();
    await page.getByText(/^To see a difference of 2 percentage points between .* labelers?/).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, `results-effects-${look.colorScheme}`);
    await page.context().close();
  }
});
