import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import {
  hasBrowser,
  type Host,
  openPage,
  screenshot,
  screenshotFolder,
  startHost,
  violations,
} from '../../renderer/harness.ts';
import { dataOnCluster, profile } from './data-on-cluster.ts';

/** Pictures in both themes and sizes, where they are wanted. */
async function pictures(host: Host, route: string, name: string, ready: (page: Page) => Promise<void>) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [width, height] of [[1280, 800] as const, [1920, 1080] as const]) {
      const page = await openPage(host, { route, colorScheme, width, height });
      await ready(page);
      expect(await violations(page), `${name} ${colorScheme} ${width}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await screenshot(page, `${name}-${colorScheme}-${width}`);
      await page.close();
    }
  }
}

const models = '/studies/bench/models';

async function allPictures(page: Page, host: Host): Promise<void> {
  if (!screenshotFolder) return;
  writeFileSync(join(host.dataFolder, 'clusters', 'broken.json'), '{\n  "name": "broken",\n');
  await pictures(host, models, 'clusters-models', (each) => each.getByRole('grid').getByText('node017').waitFor());
  await pictures(host, '/machine', 'clusters-machine', async (each) => {
    await each.getByRole('region', { name: 'Clusters' }).getByRole('row', { name: /^lab / }).waitFor();
    await each.getByRole('heading', { name: 'Clusters' }).scrollIntoViewIfNeeded();
  });
  await pictures(host, '/machine', 'clusters-form', async (each) => {
    await each.getByRole('button', { name: 'Add cluster' }).click();
    await each.getByRole('textbox', { name: 'Profile (JSON)' }).waitFor();
  });
  await pictures(host, `${models}?run=${await runOn(page, host)}`, 'clusters-run', async (each) => {
    await each.getByText('lab, node node017').waitFor();
  });
  await pictures(host, '/studies/bench', 'clusters-overview', async (each) => {
    await each
      .getByText(/1 running on lab/)
      .first()
      .waitFor();
  });
  await pictures(host, '/machine', 'clusters-give-up', async (each) => {
    await each.getByRole('button', { name: 'Give up runs on lab' }).click();
    await each.getByText(/work since the last fetched checkpoint of each run is lost/).waitFor();
  });
}

test.skipIf(!hasBrowser)(
  'runs on a cluster say where they are and why they wait, by keyboard',
  { timeout: 240_000 },
  async () => {
    const host = await startHost({ dataFolder: dataOnCluster() });
    const page = await openPage(host, { route: models, width: 1920, height: 1080 });
    const grid = page.getByRole('grid');
    await grid.getByText('other jobs come first').waitFor();
    const titles = (await grid.getByRole('columnheader').allTextContents()).map((text) => text.trim());
    expect(titles.slice(1, 10)).toEqual([
      ...['Name↑', 'State', 'Progress', 'Runs on', 'Pending reason', 'Node', 'Restarts', 'Time limit', 'Architecture'],
    ]);
    await expect.poll(() => grid.getByTitle(/Slurm: launch failed requeued held\. Release it/).count()).toBe(1);
    await grid.getByText('node017').waitFor();
    await page
      .getByText(
        '1 running on lab; 2 queued there: other jobs come first (1), Slurm holds it after a failed start (1).',
      )
      .waitFor();
    expect(await violations(page)).toEqual([]);

    await page
      .getByRole('link', { name: 'Show the clusters' })
      .or(page.getByRole('button', { name: 'Show the clusters' }))
      .waitFor();

    // A run says where it is, and what its task wrote.
    await grid.getByText('node017').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('lab, node node017').waitFor();
    await drawer.getByText('Task 0 of job 815, started again once').waitFor();
    expect(await violations(page)).toEqual([]);
    await drawer.getByRole('tab', { name: 'Provenance' }).click();
    await drawer.getByText('lab, task 0 of job 815').waitFor();
    await drawer.getByRole('tab', { name: 'Log' }).click();
    await drawer.getByText('node017 began').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });

    // Where chosen runs go, and those of the study.
    await grid.focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.getByRole('toolbar', { name: 'Selected runs' }).getByRole('button', { name: 'Run on' }).press('Enter');
    await page.getByRole('menuitem', { name: 'This computer' }).press('Enter');
    await page.getByText(/run on this computer from now on$/).waitFor();
    const place = page.getByRole('combobox', { name: 'Trainings run on' });
    await place.press('Enter');
    await page.getByRole('option', { name: 'lab' }).click();
    await page.getByText(/run on lab from now on$/).waitFor();
    await expect.poll(() => place.inputValue()).toBe('lab');
    expect(await violations(page)).toEqual([]);

    // The overview has the same words.
    await page.goto(`${new URL(host.address).origin}/#/studies/bench`);
    await page
      .getByText(
        '1 running on lab; 2 queued there: other jobs come first (1), Slurm holds it after a failed start (1).',
      )
      .first()
      .waitFor();
  },
);

test.skipIf(!hasBrowser)('clusters are added, corrected and guarded, by keyboard', { timeout: 240_000 }, async () => {
  const host = await startHost({ dataFolder: dataOnCluster() });
  const page = await openPage(host, { route: '/machine', width: 1920, height: 1080 });
  const panel = page.getByRole('region', { name: 'Clusters' });
  const row = panel.getByRole('row', { name: /^lab / });
  await row.waitFor();
  // The host asks the cluster after its runs, and says what is wrong.
  await expect.poll(() => row.textContent()).toMatch(/^lab\/no\/such\/program sshmainWebAssembly.*21✕[12] faults? now/);
  await panel
    .getByRole('alert')
    .filter({ hasText: /^lab: squeue failed/ })
    .waitFor();
  await panel.getByRole('button', { name: 'Remove lab' }).press('Enter');
  await page
    .getByText('3 runs are on this cluster. Wait until they are done, cancel them or, if it is gone for good, give')
    .waitFor();
  expect(await page.getByRole('button', { name: 'Remove cluster' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await panel.getByRole('button', { name: 'Give up runs on lab' }).press('Enter');
  await page.getByText(/work since the last fetched checkpoint of each run is lost/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await panel.getByRole('button', { name: 'Check lab' }).press('Enter');
  const findings = panel.getByRole('region', { name: 'Check of lab' });
  await findings.getByText('lab cannot train yet.').waitFor();
  await expect
    .poll(() => findings.getByRole('listitem').first().textContent())
    .toMatch(/^✕Fault: .*\/no\/such\/program/);
  expect(await findings.getByRole('button').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  // What is damaged says why, and is mended.
  const damaged = panel.getByRole('alert').filter({ hasText: 'The profile broken.json cannot be used' });
  await damaged.getByText(/line 2: This is not JSON/).waitFor();
  await damaged.getByRole('button', { name: 'Edit broken.json' }).press('Enter');
  const text = page.getByRole('textbox', { name: 'Profile (JSON)' });
  await page.getByText('1 line to correct').waitFor();
  expect(await page.getByRole('button', { name: 'Add cluster' }).last().isDisabled()).toBe(true);
  await text.fill(profile({ name: 'broken', memory: 3 }).replaceAll(',"', ',\n"'));
  await page
    .getByRole('list', { name: 'Lines to correct' })
    .getByText(/“memory” does not fit. Memory of a task/)
    .waitFor();
  await page.getByRole('button', { name: /^Line \d+$/ }).press('Enter');
  const chosen = await text.evaluate((field: HTMLTextAreaElement) =>
    field.value.slice(field.selectionStart, field.selectionEnd),
  );
  expect(chosen).toBe('"memory":3,');
  expect(await violations(page)).toEqual([]);
  await text.fill(profile({ name: 'lab' }));
  await page.getByRole('button', { name: 'Add cluster' }).last().press('Enter');
  await page.getByText('There is a cluster "lab" already').waitFor();
  await text.fill(profile({ name: 'broken' }));
  await page.getByRole('button', { name: 'Add cluster' }).last().press('Enter');
  await panel.getByRole('row', { name: /^broken / }).waitFor();
  await damaged.waitFor({ state: 'detached' });
  await panel.getByRole('button', { name: 'Remove broken' }).press('Enter');
  await page.getByRole('button', { name: 'Remove cluster' }).press('Enter');
  await panel.getByRole('row', { name: /^broken / }).waitFor({ state: 'detached' });
  expect(await violations(page)).toEqual([]);

  await allPictures(page, host);
  await page.goto(`${new URL(host.address).origin}/#/machine`);
  await panel.getByRole('button', { name: 'Give up runs on lab' }).press('Enter');
  // The dialog moves the focus once it is open; a key before that could meet its first button.
  await page.getByRole('dialog').locator(':focus').waitFor();
  await page.getByRole('button', { name: 'Give up runs', exact: true }).press('Enter');
  await page.getByText('Gave up 3 runs on lab').waitFor();
  await expect.poll(() => row.textContent()).toMatch(/WebAssembly.*00/);
  expect(await panel.getByRole('button', { name: 'Give up runs on lab' }).count()).toBe(0);
});

/** The id of the run at node017. */
async function runOn(page: Page, host: Host): Promise<string> {
  await page.goto(`${new URL(host.address).origin}/#/studies/bench/models`);
  await page.getByRole('grid').getByText('node017').click();
  await page.getByText('lab, node node017').waitFor();
  return /run=(\d+)/.exec(page.url())?.[1] ?? '';
}
