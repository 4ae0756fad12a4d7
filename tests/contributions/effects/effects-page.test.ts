import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { hasBrowser, looks, screenshot, shareHost, violations } from '../../renderer/harness.ts';

const shared = shareHost(async (folder) => {
  const dataFolder = await sampleFolder(folder);
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  const choice = { ...wholeReport, sections: ['types'], formats: ['html'] };
  // The other study has no diverse networks and no seed groups, as one whose networks are all in a sweep.
  const { spec } = findStudy(workbench, 'sample');
  const models = spec.models.map((entry) => ({ ...entry, collection: 'a grid' }));
  workbench.storage.studies.put('sample', { ...spec, models }, 2);
  workbench.storage.settings.setOfStudy(findStudy(workbench, seedDesign.name).id, 'report', choice, 1);
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
    await page.getByRole('button', { name: / Rank from, ViT: show networks and images/ }).click();
    await page.getByRole('region', { name: 'Behind the numbers of ViT', exact: true }).waitFor();
    await page.getByRole('button', { name: / Pairs, MLP: show networks and images/ }).click();
    await page.getByRole('region', { name: 'Behind the numbers of MLP and CNN' }).waitFor();

    // By keyboard to a level, and on to what is behind its numbers.
    await forest.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page
      .getByRole('region', { name: 'Behind the numbers of ViT and CNN' })
      .getByText('ViT, 45 networks')
      .waitFor();

    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Misclassified', exact: true }).click();
    await page.getByRole('combobox', { name: 'Depends on' }).click();
    await page.getByRole('option', { name: 'Target' }).click();
    await page.getByRole('heading', { name: /^Does the effect of architecture depend on target/ }).waitFor();
    await page.getByText('The levels are not told apart by these data.').waitFor();
    await page.getByText(/^Not even 45 pairs and 200 seeds show a difference of 2 percentage points between/).waitFor();

    // What a point of the drawn means, and what a number of an interaction is of.
    const means = page.getByRole('application', { name: 'Misclassified: mean at each level, by target' });
    await means.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Behind the numbers of CNN, 97.5 %' }).waitFor();
    const together = page.getByRole('region', { name: /^Does the effect of architecture depend on target/ });
    await together.getByRole('button', { name: /ViT 98 %: show networks and images/ }).click();
    await page.getByRole('region', { name: /^Behind the numbers of ViT, 98 % and CNN, 98 % and / }).waitFor();

    const numbers = page.getByRole('region', { name: /^Misclassified: effect of architecture/ });
    await numbers
      .getByRole('button', { name: /Difference from CNN \(points\), MLP: show networks and images/ })
      .click();
    await page.getByRole('button', { name: /^Show the \d+ images on which they differ/ }).click();
    await page.getByRole('dialog', { name: /Misclassified: MLP and CNN, on which they differ/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    // Over studies, and on to the report, which is written with it.
    await page.getByRole('checkbox', { name: 'sample' }).check();
    await page.getByRole('button', { name: 'Add to the report' }).click();
    await page.getByRole('button', { name: 'Remove from the report' }).waitFor();
    await page.getByRole('link', { name: /^Report/ }).click();
    await page.getByRole('checkbox', { name: 'Effects of what networks differ in', checked: true }).waitFor();
    await page
      .getByRole('button', { name: 'Remove Misclassified: MLP against CNN, over studies, with sample' })
      .waitFor();
    await page.getByRole('button', { name: 'Write report' }).click();
    const save = page.getByRole('link', { name: /^Save archive/ });
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    const written = Buffer.from(unzipSync(readFileSync(await download.path()))['index.html'] ?? []).toString();
    expect(written).toContain('Misclassified: MLP against CNN, over studies');
    expect(written).toContain('Two studies say almost nothing about a third.');

    // A number of the other study opens its own effects.
    await page.goBack();
    await page.getByRole('button', { name: / Difference \(points\), sample: show the effects of sample/ }).click();
    await page.waitForURL(/studies\/sample\/results\/effects\?outcome=/);
    await page.getByRole('heading', { name: /^Misclassified: effect of architecture/ }).waitFor();
    await page.getByRole('link', { name: 'How sure', exact: true }).click();
    await page.getByText('Softmax needs diverse networks or seed groups').waitFor();
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
