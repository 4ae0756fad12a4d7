import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { Workbench } from '../../main/services/workbench/workbench.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { importPeople, labelInSession, leaveNobody } from '../services/results/people.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { savedLines } from '../contributions/publication/saved.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

/** The sample study with other people, or none, in a host. */
async function open(
  people: (workbench: Workbench) => unknown,
  route: string,
): Promise<{ page: Page; again: (route: string) => Promise<void> }> {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  people(workbench);
  workbench.storage.close();
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `/studies/sample/results${route}` });
  const again = async (next: string): Promise<void> => {
    await page.goto(`${new URL(host.address).origin}/#/studies/sample/results${next}`);
  };
  return { page, again };
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

test.skipIf(!hasBrowser)('without people every view works and says what needs people', async () => {
  const { page, again } = await open(leaveNobody, '');
  const parts: [route: string, text: string | RegExp][] = [
    ['', 'Types by target are not defined. Nobody has labeled these images yet.'],
    ['/softmax', 'Distributions by type are not defined. Nobody has labeled these images yet.'],
    ['/certainty', 'Uncertainty, between networks, bits'],
    ['/stimuli', 'Figure 4: who disagrees'],
    ['/along?pair=0-9', /^Share of 9/],
    ['/agreement', 'How much depends on the number of networks'],
    ['/compare', /Both sides are the same/],
  ];
  for (const [route, text] of parts) {
    await again(route);
    await page.getByText(text).first().waitFor();
    await page.locator('.finding').getByText('Nobody has labeled these images yet.').waitFor();
    await expect.poll(() => page.getByText('No results yet').count()).toBe(0);
    expect(await violations(page), route).toEqual([]);
    await screenshot(page, `results-nobody${route.replace(/\W+/g, '-')}`);
  }
  await again('');
  const differ = button(page, /Any differ, 97.5 %: show the images/);
  await differ.click();
  await page.getByRole('listbox', { name: /^Any differ/ }).waitFor();
});

test.skipIf(!hasBrowser)('numbers, matrix cells and points open their images by keyboard', async () => {
  const { page, again } = await open(
    (workbench) => importPeople(workbench, 3, (who, at) => (at + who) % 4),
    '/agreement',
  );
  const matrix = page.getByRole('application', { name: /^Error consistency/ });
  await matrix.waitFor();
  await matrix.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('listbox', { name: /differ$/ }).waitFor();
  await again('/certainty');
  const points = page.getByRole('application', { name: /^Are networks unsure where people are/ });
  // None of them is there before they are drawn.
  await expect.poll(() => points.getAttribute('aria-label')).toMatch(/ [1-9]\d* \w+$/);
  await points.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await button(page, /^Show as table: Are networks unsure/).click();
  const grid = page.getByRole('grid', { name: /^Are networks unsure/ });
  await grid.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await again('');
  await button(page, /Type C, 97.5 %: show the images/).press('Enter');
  await page.getByRole('listbox', { name: /^Type C/ }).waitFor();
});

test.skipIf(!hasBrowser)(
  'with one network no image has a type: a dash with the reason instead of 0, and no changes',
  async () => {
    const { page, again } = await open(() => undefined, '?group=chosen:models%2FMLP1%4097.5');
    const table = page.getByRole('region', { name: /^Table 1/ });
    await table.getByText('not defined: A group needs at least two networks to agree or disagree.').first().waitFor();
    await expect.poll(() => table.getByText(/exceptions/).count()).toBe(0);
    await again('/compare?group=chosen:models%2FMLP1%4097.5&other=diverse:97.5');
    await page.getByText('no image has one on both sides').waitFor();
    await button(page, /with a type in the second only: show the images/).waitFor();
    const [head, ...rows] = await savedLines(page, 'Differences');
    expect(head).toContain('95 % from,95 % to,95 % claim,95 % units');
    expect(rows.some((row) => row.includes('Both sides have the same labelers.'))).toBe(true);
  },
);

test.skipIf(!hasBrowser)('the drawer shows when a label was given, why it is missing, and earlier labels', async () => {
  const people = (workbench: Workbench): void => {
    leaveNobody(workbench);
    labelInSession(workbench);
  };
  const { page, again } = await open(people, '?image=0');
  const row = page.getByRole('dialog', { name: 'Image 0' }).getByRole('row', { name: /P-screen/ });
  await row.waitFor();
  await expect.poll(() => row.textContent()).toMatch(/0\.75 s1$/);
  await expect
    .poll(() => row.getByRole('cell').nth(1).locator('time').getAttribute('datetime'))
    .toBe('2026-03-03T10:01:00.750Z');
  await again('?image=1');
  await page.getByRole('row', { name: /P-screen can’t tell/ }).waitFor();
  await again('?image=2');
  await page.getByRole('row', { name: /P-screen ran out of time/ }).waitFor();
  await page.getByText('Counted as missing: 1 answer “can’t tell”, 1 out of time.').waitFor();
});

test.skipIf(!hasBrowser)(
  'flip points, crossings and differences have separate columns, on screen and in CSV',
  async () => {
    const { page } = await open(() => undefined, '/along');
    const flips = page.getByRole('region', { name: /^Flip points/ }).first();
    await flips.waitFor();
    await expect.poll(() => flips.getByRole('columnheader', { name: 'Crossing [95 %]' }).count()).toBe(1);
    const [head = '', ...rows] = await savedLines(page, 'Flip points');
    expect(head.split(',').slice(0, 17)).toEqual([
      ...['Pair', 'Who', 'alpha*', 'alpha out', 'alpha in', 'flips'],
      ...['alpha* one by one', 'alpha* one by one: std', 'alpha* one by one: n'],
      ...['shares cross', 'shares cross: from', 'shares cross: to', 'shares cross: left out', 'shares cross: claim'],
      ...['third classes', 'delta alpha*', '|delta alpha*|'],
    ]);
    expect(head).not.toContain('drawing images');
    expect(rows).toHaveLength(2 * 15);
    await screenshot(page, 'results-flips');
  },
);
