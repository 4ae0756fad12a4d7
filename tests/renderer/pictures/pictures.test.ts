import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.ts';
import { focused } from '../../contributions/desk/page/sessions.ts';
import { hasBrowser, type Host, openPage, screenshot, startHost } from '../harness.ts';
import { labelOn, openKit, otherComputer, saveKit } from '../../contributions/offline/kit/computers.ts';
import { sample, type SampleFolder, type Session, sampleWithSessions, withSessions } from './sample-with-sessions.ts';

const of = (study: string, rest = ''): string => `/studies/${encodeURIComponent(study)}${rest}`;

/** Route, what has to be seen first, and the picture's name. */
const screens: readonly [name: string, route: string, seen: string | RegExp][] = [
  ['studies', '/studies', 'No report yet'],
  ['overview', of(sample), /^Who disagrees, on/],
  ['generator', of(sample, '/generator'), /first 100/],
  ['stimuli', of(sample, '/stimuli?part=anchors'), /candidates\. Arrow keys: move/],
  ['pairs', of(sample, '/stimuli?part=pairs'), /15 pairs\. Balanced/],
  ['models', of(sample, '/models'), 'ViT3'],
  ['compare', of(sample, '/models/compare?runs=2,3,4,5,6,7,8,9,10'), 'Settings and outcomes'],
  ['labeling-plan', of(withSessions, '/labeling?part=plan'), /people, .* of 165 images/],
  ['labeling-sessions', of(withSessions, '/labeling?part=sessions'), 'Another computer'],
  ['labeling-labels', of(withSessions, '/labeling?part=after'), /\(\d+ of 16\)/],
  ['results-types', of(sample, '/results'), /^Types by target accuracy/],
  ['results-labels', of(sample, '/results/stimuli?map=labels'), /^Figure 3/],
  ['results-stimuli', of(sample, '/results/stimuli'), /^Figure 4/],
  ['results-along', of(sample, '/results/along?pair=0-9'), /^Share of 9/],
  ['results-agreement', of(sample, '/results/agreement'), 'How much depends on the number of networks'],
  ['results-image', of(sample, '/results?image=28'), /^Networks/],
  ['machine', '/machine', /[Nn]ot checked|Checked/],
];

test.skipIf(!hasBrowser)('the pictures of docs/screens.md', { timeout: 600_000 }, async () => {
  const { dataFolder, ...sessions } = await sampleWithSessions();
  const host = await startHost({ dataFolder });
  const page = await openPage(host);
  for (const [name, route, seen] of screens) {
    await go(page, host, route);
    await page.getByText(seen).first().waitFor();
    await atRest(page);
    await screenshot(page, `tour-${name}`);
  }
  const dark = await openPage(host, { route: of(sample, '/report'), colorScheme: 'dark', width: 1600, height: 900 });
  await dark.frameLocator('iframe[title="The report"]').getByRole('heading', { name: 'Findings' }).waitFor();
  await atRest(dark);
  await screenshot(dark, 'tour-report-dark');
  await desk(host, sessions);
  await kit(page, host, sessions.kit);
});

/** Pages of images, and one image at a time. */
async function desk(host: Host, { grid, single }: Pick<SampleFolder, 'grid' | 'single'>): Promise<void> {
  const many = await openPage(host, { route: `/desk/${grid.token}` });
  await many.getByRole('button', { name: 'I agree' }).click();
  await many.getByRole('button', { name: 'Start' }).click();
  await labelOn(many, 13, (trial) => grid.keys[trial] ?? '');
  await expect.poll(() => focused(many)).toBe(13);
  await screenshot(many, 'tour-desk-grid');
  const one = await openPage(host, { route: `/desk/${single.token}` });
  await one.getByRole('button', { name: 'Start' }).click();
  await one.locator('.desk-choices:not([disabled])').waitFor();
  await screenshot(one, 'tour-desk-single');
}

/** A kit in another browser, with little room. */
async function kit(page: Page, host: Host, { keys }: Session): Promise<void> {
  await go(page, host, of(withSessions, '/labeling?part=sessions'));
  const address = pathToFileURL(await saveKit(page, 1)).href;
  const little = { width: 640, height: 400, pixelRatio: 2 };
  const other = await openKit(await otherComputer(join(temporaryFolder(), 'profile'), little), address);
  for (const name of ['Continue', 'I agree', 'Start']) await other.getByRole('button', { name }).click();
  await labelOn(other, 8, (trial) => keys[trial] ?? '');
  await expect.poll(() => focused(other)).toBe(8);
  await screenshot(other, 'tour-kit-200');
}

async function go(page: Page, host: Host, route: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${new URL(host.address).origin}/#${route}`);
}

/** Nothing loads, and images have their pixels. Those of grids come after the words, and nothing says when. */
async function atRest(page: Page): Promise<void> {
  const loading = page.locator('[aria-busy="true"], .mantine-Skeleton-root, .loading-line, .pixel-image[data-empty]');
  await expect.poll(() => loading.count()).toBe(0);
  await page.waitForTimeout(1500);
}
