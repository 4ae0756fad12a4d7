import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { analyze, type Analysis } from '../../main/analysis/groups/analyze.ts';
import { readStudyData } from '../../main/services/analysis-input.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { leaveNobody } from '../services/results/people.ts';
import { addSeedStudy, seedDesign } from '../services/results/seed-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { closeInTurn } from './close-in-turn.ts';
import { saved } from '../contributions/publication/saved.ts';
import { hasBrowser, openPage, screenshot, shareHost, startHost, themes, violationsInAll } from './harness.ts';
import { waitForPart } from './results-part.ts';

let analysis: Analysis | undefined;
const shared = shareHost(async (folder) => {
  const dataFolder = await sampleFolder(folder);
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  const input = readStudyData(workbench, findStudy(workbench, seedDesign.name).id)?.input;
  workbench.storage.close();
  if (!input) throw new Error('the study has stimuli');
  analysis = analyze(input);
  return dataFolder;
});

/** A study with seed groups at three targets in a host, and the answers of the analysis. */
async function open(
  route: string,
): Promise<{ page: Page; analysis: Analysis; again: (route: string) => Promise<void> }> {
  const host = await shared.host();
  const results = `/studies/${seedDesign.name}/results`;
  const page = await shared.openPage({ route: `${results}${route}` });
  const again = async (next: string): Promise<void> => {
    await page.goto(`${new URL(host.address).origin}/#${results}${next}`);
  };
  if (!analysis) throw new Error('the study was analyzed');
  return { page, analysis, again };
}

const meanStd = ({ mean, std }: { mean: number | null; std: number | null }): string =>
  `${mean?.toFixed(1)} ± ${std?.toFixed(1)}`;

test.skipIf(!hasBrowser)(
  'Figure 2 and Table 5 show the numbers of the analysis and open their groups and images',
  async () => {
    const { page, analysis, again } = await open('');
    const numbers = page.getByRole('region', { name: /^Figure 2: Types/ });
    await numbers.waitFor();
    for (const target of seedDesign.targets) {
      for (const architecture of ['CNN', 'MLP', 'ViT']) {
        const expected = analysis.fig2[architecture]![String(target)]!;
        const row = numbers.getByRole('row', { name: `${architecture} ${target} %` });
        await expect.poll(() => row.textContent()).toContain(meanStd(expected.type_a_pct));
        await expect.poll(() => row.textContent()).toContain(meanStd(expected.type_c_pct));
      }
    }
    const chart = page.getByRole('figure', { name: /^Type A, only networks disagree/ });
    await expect.poll(() => chart.locator('.chart-marks').count()).toBe(3);
    await page.getByRole('figure', { name: /^Type C, only simulated labelers disagree/ }).waitFor();
    await page.getByRole('heading', { name: /^Figure 2: Types against accuracy, networks that differ/ }).waitFor();
    await page.getByText('Incomplete groups:').waitFor();
    await screenshot(page, 'results-figure2');
    // A repeat's number chooses its group: Table 1 is of that group then.
    const choose = (type: string) => `Repeat 2: ${type}, ViT 98 %: choose ViT seeds at 98 %, repeat 2`;
    await expect.poll(() => numbers.getByRole('button', { name: choose('C') }).count()).toBe(1);
    await numbers.getByRole('button', { name: choose('A') }).click();
    await page.getByText('Who disagrees: ViT seeds at 98 %, repeat 2').waitFor();

    await again('/certainty');
    const table5 = page.getByRole('region', { name: /^Table 5:/ });
    await table5.getByRole('columnheader').nth(1).waitFor();
    const classes = analysis.table5.CNN!['98']!;
    /** The only button of its name in a row of the table, at the place of its column. */
    const expectButton = async (row: string, certainty: string, value: string): Promise<void> => {
      const heads = await table5.getByRole('columnheader').allTextContents();
      expect(heads.filter((head) => head === `${certainty} %`)).toHaveLength(1);
      const cells = table5.getByRole('row', { name: new RegExp(`^${row}`) }).locator('th, td');
      const cell = cells.nth(heads.indexOf(`${certainty} %`));
      const name = `${value} ${certainty} %, ${row}: show the images`;
      await expect.poll(() => cell.getByRole('button', { name, exact: true }).count()).toBe(1);
    };
    for (const [certainty, own] of Object.entries(classes)) {
      if (own.n_images === 0) continue;
      await expectButton('Images', certainty, String(own.n_images));
      await expectButton('CNN 98 %', certainty, meanStd(own));
    }
    for (const target of seedDesign.targets) {
      const at = page.getByRole('figure', { name: new RegExp(`^Table 5 at ${target} %`) });
      await expect.poll(() => at.locator('.chart-marks').count()).toBe(3);
    }
  },
);

test.skipIf(!hasBrowser)(
  'while nobody has labeled, Figure 2 and Table 5 say so in their tables, for there are seed groups',
  async () => {
    const dataFolder = await sampleFolder(temporaryFolder());
    const workbench = openSample(dataFolder);
    addSeedStudy(workbench);
    leaveNobody(workbench, seedDesign.name);
    workbench.storage.close();
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `/studies/${seedDesign.name}/results` });
    const figure2 = page.getByRole('region', { name: /^Figure 2: Types/ });
    await figure2.getByRole('row', { name: 'CNN 98 %' }).getByText('Nobody has labeled').first().waitFor();
    expect(await page.getByText('has no seed groups').count()).toBe(0);
    await page.goto(`${new URL(host.address).origin}/#/studies/${seedDesign.name}/results/certainty`);
    const table5 = page.getByRole('region', { name: /^Table 5:/ });
    await table5.getByRole('row', { name: /^CNN 98 %/ }).waitFor();
    // The paper's certainties have no number of ours beside them, and are not Figure 2.
    await page.getByRole('figure', { name: /^Table 5 at 98 %/ }).waitFor();
    expect(await page.getByText('has no seed groups').count()).toBe(0);
    await screenshot(page, 'results-seeds-nobody');
  },
);

test.skipIf(!hasBrowser)('snapshots missing from the results are listed with the reason', async () => {
  const { page } = await open('');
  const note = page.getByText(/^Missing from these results: 8 snapshots/);
  await note.waitFor();
  await expect
    .poll(() => note.textContent())
    .toContain('1 missed the target, 3 failed, 3 not trained yet, 1 without predictions yet');
  await note.click();
  await page.getByText('CNN-r02-s1 at 98.5 %: missed the target (the epochs are over; nearest 98.30 %)').waitFor();
  await page.getByText('CNN-r03-s0 at 97.5 %: failed (The loss is not a number)').waitFor();
});

test.skipIf(!hasBrowser)('arrow keys switch between all groups of the design', async () => {
  const { page, analysis } = await open('/stimuli');
  const group = (name: RegExp) => page.getByRole('radio', { name });
  await group(/^All recipes at 97.5 %/).waitFor();
  await expect.poll(() => page.getByRole('radio', { name: /networks$/ }).count()).toBe(3 + 27);
  await expect.poll(() => group(/^CNN seeds at 98.5 %, repeat 2, 3 of 4 networks$/).count()).toBe(1);
  await group(/^All recipes at 98.5 %/).focus();
  await page.keyboard.press('ArrowRight');
  const map = page.getByRole('listbox', { name: /^Figure 4: who disagrees, CNN seeds at 97.5 %, repeat 1/ });
  await map.waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('listbox', { name: /CNN seeds at 97.5 %, repeat 2/ }).waitFor();
  await expect.poll(() => group(/^CNN seeds at 97.5 %, repeat 2/).isChecked()).toBe(true);
  // The cell says the type that the image has under this group.
  const first = analysis.meta.images[0]!;
  const option = page.getByRole('listbox', { name: /^Figure 4/ }).getByRole('option');
  await expect.poll(() => option.textContent()).toContain(`Image ${first}`);
});

test.skipIf(!hasBrowser)('a number opens its images, an image and a run, and back, by keyboard alone', async () => {
  const { page, analysis } = await open('?group=seeds:CNN:98:1');
  const at = analysis.fig4.CNN!['98']!['1']!;
  const typeA = page.getByRole('button', { name: /^\d+ Type A: only networks disagree: show the images/ });
  await typeA.waitFor();
  await expect.poll(() => typeA.textContent()).toContain(String(at.category.filter((each) => each === 'blue').length));
  await typeA.focus();
  await page.keyboard.press('Enter');
  const list = page.getByRole('listbox', { name: 'Type A: only networks disagree' });
  await list.waitFor();
  await list.focus();
  await page.keyboard.press('Enter');
  const id = analysis.meta.images[at.category.indexOf('blue')];
  const image = page.getByRole('dialog', { name: `Image ${id}` });
  await image.getByRole('heading', { name: 'Networks CNN seeds at 98 %, repeat 1, n = 4' }).waitFor();
  // Its type in each seed group; one of them chooses the group.
  await image.getByRole('button', { name: /^ViT seeds at 97.5 %, repeat 3: .*choose this group/ }).focus();
  await page.keyboard.press('Enter');
  await image.getByRole('heading', { name: 'Networks ViT seeds at 97.5 %, repeat 3, n = 4' }).waitFor();
  await image.getByRole('button', { name: 'ViT-r03-s0-97.5' }).focus();
  await page.keyboard.press('Enter');
  await closeInTurn(page, { image, list });
});

const parts: [route: string, text: string | RegExp][] = [
  ['', 'Types against accuracy, seed groups'],
  ['/certainty', /^Table 5 at 98 %/],
  ['/stimuli?map=difference&group=seeds:CNN:98:1&other=seeds:ViT:98:1', /images differ/],
  ['/along?with=seeds:CNN:98:1;seeds:ViT:98:1', 'Flip points'],
  ['/agreement?group=seeds:ViT:98:1', 'How much depends on the number of networks'],
  ['/compare?group=seeds:CNN:98:1&other=seeds:ViT:98:1', /^Differences/],
  ['/stimuli?image=5', 'Type in each repeat'],
];

test.skipIf(!hasBrowser)('without an accessibility violation in both themes', async () => {
  const { page, again } = await open('');
  for (const [route, text] of parts) {
    await again(route);
    await page.getByText(text).first().waitFor();
    await waitForPart(page, route);
    expect(await violationsInAll(page, `results-seeds${route.replace(/\W+/g, '-')}`, { all: themes })).toEqual([]);
  }
});

test.skipIf(!hasBrowser)('simulated labelers are never called people, on screen or in saved files', async () => {
  const { page, again } = await open('');
  const routes = ['', '/softmax', '/certainty', '/stimuli', '/stimuli?map=labels', '/along', '/agreement', '/compare'];
  for (const route of routes) {
    await again(route);
    await waitForPart(page, route);
    const said = (await page.locator('.results-body').textContent()) ?? '';
    const spoken = await page
      .locator('.results-body [aria-label], .results-body [title]')
      .evaluateAll((all) => all.flatMap((each) => [each.getAttribute('aria-label'), each.getAttribute('title')]));
    // The mark of a rehearsal says what its labels are not.
    for (const text of [said, ...spoken].map((each) => each?.replace(/not from people/gi, '') ?? ''))
      expect(text.match(/.{0,30}\bpeople\b.{0,30}/gi) ?? [], route).toEqual([]);
  }
  await again('/certainty');
  const { name, bytes } = await saved(page, /^Copy or save: Table 5: Certainty/, 'Save as CSV');
  expect(name).toMatch(/^rehearsal-table-5-.*\.csv$/);
  const rows = bytes.toString('utf8').trim().split('\r\n');
  expect(rows.slice(1).every((row) => row.endsWith(',simulated labels'))).toBe(true);
});
