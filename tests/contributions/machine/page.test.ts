import { existsSync, mkdirSync, renameSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.ts';
import {
  hasBrowser,
  type HostProcess,
  openPage,
  startHostProcess,
  violations,
  violationsInAll,
} from '../../renderer/harness.ts';

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const region = (page: Page, name: string) => page.getByRole('region', { name });

/** A host whose engines nobody has tried yet. */
const freshHost = (environment: NodeJS.ProcessEnv = {}): Promise<HostProcess> =>
  startHostProcess({ environment: { BOUNDARY_CACHE: join(temporaryFolder(), 'cache'), ...environment } });

/** Programs of this name come first on the PATH, and wait until `release` is called. */
function slowProgram(name: string): { path: string; release: () => void } {
  const folder = temporaryFolder();
  const gate = join(folder, 'open');
  writeFileSync(join(folder, name), `#!/bin/sh\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\necho pip 24.0\n`, {
    mode: 0o755,
  });
  return { path: `${folder}:${process.env.PATH}`, release: () => writeFileSync(gate, '') };
}

const ready = (page: Page) => page.getByRole('table').nth(1).waitFor({ timeout: 30_000 });

/** A file that nothing names, last written two days ago. */
function plantUnused({ dataFolder }: HostProcess, bytes: number): string {
  const file = join(dataFolder, 'blobs', 'aa', 'a'.repeat(64));
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, new Uint8Array(bytes));
  const at = new Date(Date.now() - 48 * 3600_000);
  utimesSync(file, at, at);
  return file;
}

test.skipIf(!hasBrowser)('engines are tried on request, and the screen says how they did', async () => {
  const python = slowProgram('python3');
  const page = await openPage(await freshHost({ PATH: python.path }), { route: '/machine' });
  await page.getByText('Not checked since engines or hardware changed').waitFor();
  // Whatever is known is there, in its place, while a program does not answer.
  await page.getByText('No NVIDIA driver is installed').waitFor();
  await region(page, 'Disk').getByText('Last backup').or(page.getByText('No backup yet')).waitFor();
  const builds = page.getByRole('list', { name: 'Builds of TensorFlow' });
  await expect.poll(() => builds.getByRole('listitem').count()).toBe(2);
  const places = (): Promise<(number | undefined)[]> =>
    Promise.all(['Engines', 'Training', 'Disk'].map(async (name) => (await region(page, name).boundingBox())?.y));
  const before = await places();
  expect(await builds.getAttribute('aria-busy')).toBe('true');
  python.release();
  await expect.poll(() => builds.getAttribute('aria-busy')).toBe('false');
  expect(await places()).toEqual(before);
  const wasm = page.getByRole('row', { name: /WebAssembly/ });
  await expect.poll(() => wasm.getByText('Not checked', { exact: true }).count()).toBe(1);
  await button(page, 'Check engines').click();
  await region(page, 'Engines')
    .getByRole('progressbar', { name: 'Check the engines: progress' })
    .waitFor({ state: 'attached' });
  await page.getByText('Check the engines: done').waitFor({ timeout: 120_000 });
  await wasm.getByText('Passed').waitFor();
  await wasm.getByText('1.0', { exact: true }).waitFor();
  await button(page, 'Check engines again').waitFor();
});

test.skipIf(!hasBrowser)('workers, hours and a pause are set by keyboard alone, and hold', async () => {
  const host = await freshHost();
  const page = await openPage(host, { route: '/machine' });
  const workers = page.getByRole('textbox', { name: 'Workers' });
  await workers.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  const night = page.getByRole('checkbox', { name: 'Train only overnight' });
  await night.focus();
  await page.keyboard.press('Space');
  await expect.poll(() => page.getByRole('textbox', { name: 'From (o’clock)' }).inputValue()).toBe('20');
  await button(page, 'Pause all').press('Enter');
  await page.getByText('All training is paused; it stays in the queue until resumed.').waitFor();
  const again = await openPage(host, { route: '/machine' });
  await again.getByText('All training is paused; it stays in the queue until resumed.').waitFor();
  await expect.poll(() => again.getByRole('textbox', { name: 'Workers' }).inputValue()).toBe('3');
  await expect.poll(() => again.getByRole('checkbox', { name: 'Train only overnight' }).isChecked()).toBe(true);
  await button(again, 'Resume all').press('Enter');
  // Both pages are at the same machine.
  await page.getByText('No training is running.').waitFor();
  await workers.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  await expect.poll(() => workers.inputValue()).toBe('3');
});

test.skipIf(!hasBrowser)('what nothing needs is told, and goes when one says so', async () => {
  const host = await freshHost();
  const file = plantUnused(host, 2_000_000);
  const page = await openPage(host, { route: '/machine' });
  await button(page, /Free 2\.0/).press('Enter');
  await page.getByText('Unused files: 1 file, 2.0').waitFor();
  expect(existsSync(file)).toBe(true);
  await button(page, 'Remove 1 file').press('Enter');
  await page.getByText(/Removed 1 file, 2\.0\sMB\./).waitFor();
  await page.getByText('Nothing to clean up').waitFor();
  expect(existsSync(file)).toBe(false);
  await button(page, 'Back up database').click();
  await page.getByText('Last backup just now').waitFor({ timeout: 30_000 });
});

test.skipIf(!hasBrowser)('a look at the disk that fails says what to do, and the rest works on', async () => {
  const host = await freshHost();
  const database = join(host.dataFolder, 'workbench.sqlite');
  renameSync(database, `${database}.away`);
  mkdirSync(database);
  const page = await openPage(host, { route: '/machine' });
  const alert = region(page, 'Disk').getByRole('alert');
  await alert.waitFor({ timeout: 30_000 });
  await expect.poll(() => alert.textContent()).toContain('What to do');
  await expect.poll(() => region(page, 'Engines').getByRole('table').count()).toBe(1);
  expect(await violations(page)).toEqual([]);
  rmdirSync(database);
  renameSync(`${database}.away`, database);
  await button(page, 'Try again').click();
  await region(page, 'Disk').getByRole('table').waitFor({ timeout: 30_000 });
});

test.skipIf(!hasBrowser)('in both themes and sizes without fault for axe', async () => {
  const host = await freshHost();
  plantUnused(host, 500_000);
  const page = await openPage(host, { route: '/machine' });
  await ready(page);
  const see = async (): Promise<void> => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  };
  expect(await violationsInAll(page, 'machine', { see })).toEqual([]);
});

test.skipIf(!hasBrowser)('the licenses of the program and its packages are there to read', async () => {
  const page = await openPage(await freshHost(), { route: '/machine' });
  await button(page, 'Licenses of the program and its packages').press('Enter');
  const text = page.getByRole('dialog', { name: 'Licenses' }).getByRole('region', { name: 'Licenses' });
  await expect.poll(() => text.textContent()).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  expect(await violations(page)).toEqual([]);
});
