import { expect, test } from 'vitest';
import { shortValue } from '../../main/domain/results/figures.ts';
import { cellColor } from '../../renderer/charts/matrix.tsx';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { importPeople } from '../services/results/people.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { saved } from '../contributions/publication/saved.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

const isCoefficient = /^(−?\.\d\d|−?1\.0)$/;

test('coefficients fit into matrix cells; values below 0 have another hue', () => {
  expect([0.447, 1, 0, -0.066, -0.001, -1, 0.999].map(shortValue)).toEqual([
    ...['.45', '1.0', '.00', '−.07', '.00', '−1.0', '1.0'],
  ]);
  expect(cellColor(-0.4)).not.toBe(cellColor(0.4));
  expect(cellColor(-0.4).replace(/series-\d/, '')).toBe(cellColor(0.4).replace(/series-\d/, ''));
});

test.skipIf(!hasBrowser)(
  'the matrix shows coefficients and a scale, and survives a drop in the number of raters',
  async () => {
    const dataFolder = await sampleFolder(temporaryFolder());
    const workbench = openSample(dataFolder);
    importPeople(workbench, 4, (person, place) => (place + (place % 3 === 0 ? person : 0)) % 10);
    workbench.storage.close();
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/sample/results/agreement?measure=cohen' });
    const matrix = page.getByRole('application', { name: /^Cohen’s κ/ });
    await matrix.waitFor();
    await expect.poll(() => matrix.locator('text[font-size="10"]').count()).toBe(13 * 12);
    await expect
      .poll(() => matrix.locator('text[font-size="10"]').allTextContents())
      .toEqual(expect.arrayContaining([expect.stringMatching(/^\.\d\d$/)]));
    const others = async (): Promise<string[]> =>
      (await matrix.locator('text[font-size="10"]').allTextContents()).filter((text) => !isCoefficient.test(text));
    await expect.poll(others).toEqual([]);
    const figure = page.getByRole('figure', { name: /^Cohen’s κ/ });
    for (const entry of ['1.0', '.00', '−.50'])
      await figure.locator('.chart-legend').getByText(entry, { exact: true }).waitFor();
    await page.getByText('1: full agreement; 0: chance level; below 0: below chance.').waitFor();
    await figure.getByText(/4 labelers; 9 networks\)$/).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'results-agreement-matrix');
    for (let i = 0; i < 12; i++) await matrix.press('ArrowDown');
    for (let i = 0; i < 12; i++) await matrix.press('ArrowRight');
    await expect.poll(() => page.locator('.matrix-description').textContent()).toMatch(/with itself/);
    const { bytes } = await saved(page, /^Copy or save: Cohen’s κ/, 'Save as SVG');
    const svg = bytes.toString('utf8');
    expect(svg).not.toMatch(/stroke-width: 2px|color\(|color-mix/);
    await page.getByRole('button', { name: 'Labelers: all 4' }).press('Enter');
    await page.getByRole('checkbox', { name: /^P4/ }).uncheck();
    await figure.getByText(/3 labelers; 9 networks\)$/).waitFor();
    await expect.poll(() => page.locator('.matrix-description').textContent()).toMatch(/\w+ with itself/);
  },
);

test.skipIf(!hasBrowser)('curves of fewer raters have bands, and the page says for whom they hold', async () => {
  const host = await startHost({ dataFolder: await sampleFolder(temporaryFolder()) });
  const page = await openPage(host, { route: '/studies/sample/results/agreement', height: 1600 });
  const curves = page.getByRole('region', { name: 'How much depends on the number of networks' });
  await curves
    .getByText(
      /^Bands: 95 % intervals for other anchors and pairs .*\. Sample size: 10 anchors, as images that share an anchor are not independent\.$/,
    )
    .waitFor();
  const figure = curves.getByRole('figure', { name: /^97.5 %/ }).first();
  await expect.poll(() => figure.locator('.chart-lines path[fill-opacity]').count()).toBe(3);
  await curves.scrollIntoViewIfNeeded();
  await screenshot(page, 'results-fewer-raters');
  expect(await violations(page)).toEqual([]);
});
