import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { analyze, type Analysis } from '../../main/analysis/groups/analyze.ts';
import { readStudyData } from '../../main/services/analysis-input.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { closeInTurn } from './close-in-turn.ts';
import { hasBrowser, screenshot, shareHost, themes, violationsInAll } from './harness.ts';
import { waitForPart } from './results-part.ts';

let analysis: Analysis | undefined;
const shared = shareHost(async (folder) => {
  const dataFolder = await sampleFolder(folder);
  const workbench = openSample(dataFolder);
  const input = readStudyData(workbench, findStudy(workbench, 'sample').id)?.input;
  workbench.storage.close();
  if (!input) throw new Error('the sample has stimuli');
  analysis = analyze(input);
  return dataFolder;
});

/** The sample study in a host, and the answers of the analysis. */
async function open(
  route: string,
): Promise<{ page: Page; analysis: Analysis; again: (route: string) => Promise<void> }> {
  const host = await shared.host();
  const page = await shared.openPage({ route: `/studies/sample/results${route}` });
  const again = async (next: string): Promise<void> => {
    await page.goto(`${new URL(host.address).origin}/#/studies/sample/results${next}`);
  };
  if (!analysis) throw new Error('the study was analyzed');
  return { page, analysis, again };
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

test.skipIf(!hasBrowser)('numbers equal those of the analysis; each opens its images and returns', async () => {
  const { page, analysis } = await open('');
  const group = analysis.diverse['97.5'];
  const counts = group?.types?.counts;
  await page.getByRole('heading', { name: /^Table 1/ }).waitFor({ timeout: 30_000 });
  const typeA = button(page, /Type A: only networks disagree: show the images/);
  await expect.poll(() => typeA.textContent()).toContain(String(counts?.type_a));
  // These tables have a call of their own, which may end after that of Table 1.
  const table2 = page.getByRole('row', { name: /^97\.5 %/ }).first();
  const { mean, std } = group?.table2.misclassified_per_model_pct ?? {};
  await expect.poll(() => table2.textContent()).toContain(`${mean?.toFixed(1)} ± ${std?.toFixed(1)}`);
  await expect.poll(() => table2.textContent()).toContain(`${group?.table2.all_disagree_pct?.toFixed(1)}`);
  const table3 = page.getByRole('region', { name: /^Table 3:/ });
  await expect.poll(() => table3.textContent()).toContain(`${group?.types?.type_c_pct?.toFixed(1)}`);
  const table1 = page.getByRole('region', { name: /^Table 1/ });
  await table1.getByText(/Exceptions: .* agree on one label, networks on another/).waitFor();
  await screenshot(page, 'results-types');
  await typeA.click();
  const list = page.getByRole('listbox', { name: 'Type A: only networks disagree' });
  await list.waitFor();
  await page.getByText(/ images\. Click one to open it, or press Enter\.$/).waitFor();
  await expect.poll(() => list.getByRole('option').getAttribute('aria-setsize')).toBe(String(counts?.type_a));
  await list.press('Enter');
  const first = analysis.meta.images.filter((_, at) => group?.image_class[at] === 'type_a')[0];
  const image = page.getByRole('dialog', { name: `Image ${first}` });
  await image.getByRole('heading', { name: /^Networks/ }).waitFor();
  await image.getByText('100 numbers').waitFor();
  await image.getByRole('button', { name: /CNN1/ }).click();
  await closeInTurn(page, { image, list });
  await expect.poll(() => typeA.isVisible()).toBe(true);
});

test.skipIf(!hasBrowser)(
  'every view opens by its address, without an accessibility violation, in both themes',
  async () => {
    const heads: [route: string, text: string | RegExp][] = [
      ['/softmax', 'Distribution of the largest softmax, by type'],
      ['/certainty', 'Are networks unsure where simulated labelers are?'],
      ['/stimuli', 'Figure 4: who disagrees'],
      ['/stimuli?map=labels', 'Figure 3: labels that simulated labelers gave'],
      ['/along?pair=0-9', /^Share of 9/],
      ['/agreement', 'How much depends on the number of networks'],
      ['/compare', /Both sides are the same/],
      ['', /^Table 1/],
    ];
    const { page, again } = await open('');
    for (const [route, text] of heads) {
      await again(route);
      await page.getByText(text).first().waitFor({ timeout: 30_000 });
      await waitForPart(page, route);
      expect(await violationsInAll(page, `results${route.replace(/\W+/g, '-')}`, { all: themes })).toEqual([]);
    }
  },
  240_000,
);

test.skipIf(!hasBrowser)('two subsets of labelers and networks are compared, with adjusted tests', async () => {
  const { page } = await open('/compare?labelers=1,2,3,4,5');
  await page.getByRole('heading', { name: /^Differences/ }).waitFor({ timeout: 30_000 });
  await expect.poll(() => page.getByText(/9 networks, 5 simulated labelers/).count()).toBe(1);
  await expect.poll(() => page.getByRole('row', { name: /simulated labelers disagree/ }).count()).toBeGreaterThan(0);
  await button(page, /changed type: show the images/).click();
  await page.getByRole('listbox', { name: 'Images that changed type' }).waitFor();
});

test.skipIf(!hasBrowser)('by keyboard, the map opens an image and the matrix announces its values', async () => {
  const { page, again } = await open('/stimuli');
  const map = page.getByRole('listbox', { name: /^Figure 4/ });
  await map.waitFor({ timeout: 30_000 });
  await map.press('ArrowDown');
  await map.press('Enter');
  await page.getByRole('dialog', { name: 'Image 11' }).waitFor();
  await page.keyboard.press('Escape');
  await again('/agreement');
  const matrix = page.getByRole('application', { name: /^Error consistency/ });
  await matrix.waitFor({ timeout: 30_000 });
  await matrix.press('ArrowDown');
  await expect
    .poll(() => page.locator('.matrix-description').textContent())
    .toMatch(/with itself|: [−\d.]+|not defined/);
});

test.skipIf(!hasBrowser)('an unknown view, image or group is reported', async () => {
  const { page, again } = await open('/nothing');
  await page.getByText('Page not found').waitFor({ timeout: 30_000 });
  await again('?image=99999');
  await page.getByRole('alert').waitFor({ timeout: 30_000 });
  await again('');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await again('?group=diverse:12');
  await page.getByRole('alert').first().waitFor({ timeout: 30_000 });
});
