import { expect, test } from 'vitest';
import { join } from 'node:path';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addSeedStudy } from '../services/results/seed-study.ts';
import { savedLines } from '../contributions/publication/saved.ts';
import { hasBrowser, screenshot, shareHost, violations } from './harness.ts';

const shared = shareHost(async (folder) => {
  const dataFolder = await sampleFolder(folder);
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  workbench.storage.close();
  return dataFolder;
});

async function open(route: string, colorScheme: 'light' | 'dark' = 'light') {
  const host = await shared.host();
  const places = { root: repository, resources: join(repository, 'resources'), dataFolder: host.dataFolder };
  const workbench = openWorkbench({ ...places, readOnly: true });
  const { storage } = workbench;
  const set = storage.stimulusSets.header(storage.studies.stimuli(findStudy(workbench, 'sample').id)!)!;
  storage.close();
  const page = await shared.openPage({ route: `/studies/seeds/results${route}`, colorScheme });
  return {
    page,
    set,
    go: (next: string) => page.goto(`${new URL(host.address).origin}/#/studies/seeds/results${next}`),
  };
}

test.skipIf(!hasBrowser)(
  'an image shows both sizes, for people and for networks, and the softmax of every class',
  async () => {
    const { page, set } = await open('/stimuli?image=7', 'dark');
    const image = page.getByRole('dialog', { name: 'Image 7' });
    await image.getByRole('heading', { name: /^Networks/ }).waitFor();
    expect(set.original).toMatchObject({ width: 64, height: 64 });
    await image.getByText('Simulated labelers: 64 × 64').waitFor();
    await image.getByText('Networks: 28 × 28').waitFor();
    await image.getByRole('img', { name: /as simulated labelers see it$/ }).waitFor();
    const networks = image.getByRole('region', { name: 'Predictions of networks' });
    await expect.poll(() => networks.getByRole('columnheader').count()).toBe(5);
    await image.getByRole('switch', { name: 'Show softmax of every class' }).press('Space');
    await expect.poll(() => networks.getByRole('columnheader').count()).toBe(2 + set.classes.length);
    const sum = async (): Promise<number> => {
      const cells = await networks.getByRole('row').nth(1).locator('td[data-numeric]').allTextContents();
      return cells.reduce((total, text) => total + Number(text), 0);
    };
    await expect.poll(sum).toBeCloseTo(1, 1);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'results-image-large');
  },
);

test.skipIf(!hasBrowser)('curves along alpha show softmax or votes, with third classes of each group', async () => {
  const { page } = await open('/along?with=diverse:98;seeds:CNN:98:1');
  const chart = page.getByRole('figure', { name: /^Share of / });
  await chart
    .getByText(/: mean softmax$/)
    .first()
    .waitFor();
  await expect.poll(() => chart.getByText(/: third classes$/).count()).toBeGreaterThan(1);
  await page.getByText('Votes', { exact: true }).click();
  await chart
    .getByText(/: share of votes$/)
    .first()
    .waitFor();
  await expect.poll(() => chart.getByText(/: mean softmax$/).count()).toBe(0);
  await page.getByText('Crossing: where both classes have the same share').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'results-along-votes');
});

test.skipIf(!hasBrowser)('type bars include the chosen group; saved tables include the std of the paper', async () => {
  const { page } = await open('?group=seeds:CNN:98:1');
  const bars = page.getByRole('application', { name: /^Types by target/ });
  // The chosen group's bars come last, once they are there.
  const last = async (): Promise<string | null> => {
    await bars.press('End');
    return bars.getAttribute('aria-label');
  };
  await expect.poll(last).toMatch(/CNN seeds at 98 %, repeat 1/);
  await bars.press('Enter');
  await page.getByRole('listbox', { name: 'Networks disagree at CNN seeds at 98 %, repeat 1' }).waitFor();
  await page.keyboard.press('Escape');
  const [head = '', ...rows] = await savedLines(page, /^Copy or save: Table 2/);
  const source = head.split(',').indexOf('Source');
  const spread = head.split(',').findIndex((name) => name.endsWith(': std'));
  const paper = rows.map((row) => row.split(',')).filter((cells) => cells[source] === 'paper');
  expect(paper.length).toBeGreaterThan(0);
  expect(Number(paper[0]?.[spread])).toBeGreaterThan(0);
  await screenshot(page, 'results-types-chosen');
});
