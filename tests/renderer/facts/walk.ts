import type { Page } from 'playwright';
import { expect } from 'vitest';
import { type Host, openPage } from '../harness.ts';
import { shownStates } from '../shown-states.ts';
import { CallsWaiting } from './calls-waiting.ts';
import type { Facts } from './facts.ts';
import { readFacts } from './read-facts.ts';

/** Runs and images that are opened of all that are linked: each shows the same parts. */
const mostOfAKind = 2;

interface Walk {
  /** Its screens, in the order in which they were opened. */
  places: string[];
  read: Facts[];
}

/** Opens every screen, view, tab and some drawers of studies by what leads to them, and the list of studies, and reads each. */
export async function walkStudies(host: Host, studies: readonly string[]): Promise<Walk> {
  const page = await openPage(host, { route: '/studies', loadsAll: true });
  const calls = new CallsWaiting(page);
  await page.reload();
  const walk: Walk = { places: [], read: [] };
  for (const study of studies) await walkStudy(page, calls, study, walk);
  await page.close();
  return walk;
}

async function walkStudy(page: Page, calls: CallsWaiting, study: string, walk: Walk): Promise<void> {
  const own = `#/studies/${encodeURIComponent(study)}`;
  const waiting = walk.places.length === 0 ? ['#/studies', '#/machine', own] : [own];
  for (let at = 0; at < waiting.length; at++) {
    const address = waiting[at] ?? '';
    await goTo(page, address);
    await calls.answered();
    await readPlace(page, study, address.slice(1), walk);
    const dialog = page.getByRole('dialog').last();
    // What lies behind a dialog cannot be used.
    const within = (await dialog.count()) > 0 ? dialog : page;
    for (const tab of await otherTabs(within)) {
      await within.getByRole('tab', { name: tab, exact: true }).first().click();
      await calls.answered();
      await readPlace(page, study, `${address.slice(1)} ${tab}`, walk);
      await addLinks(page, own, waiting);
    }
    await addLinks(page, own, waiting);
  }
}

async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, address);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Names of tabs of the screen that are not open. */
const otherTabs = (within: Pick<Page, 'getByRole'>): Promise<string[]> =>
  within
    .getByRole('tab', { selected: false, disabled: false })
    .evaluateAll((tabs) => tabs.map((tab) => tab.textContent ?? ''));

async function readPlace(page: Page, study: string, where: string, walk: Walk): Promise<void> {
  expect(await page.getByRole('heading', { name: 'Page not found' }).count(), where).toBe(0);
  const states = (await shownStates(page)).map(({ thing, says }) => ({ what: thing, text: says, where }));
  const read = await page.locator(':root').evaluate(readFacts, { study, where });
  walk.places.push(where);
  walk.read.push({ ...read, facts: [...read.facts, ...states] });
  const report = page.frameLocator('iframe[title="The report"]').locator(':root');
  if ((await report.count()) === 0) return;
  await report.locator('h1').waitFor();
  walk.places.push('the report');
  walk.read.push(await report.evaluate(readFacts, { study, where: 'the report' }));
}

/** Adds the study's links of the screen that were not met before; of runs and images the first ones. */
async function addLinks(page: Page, own: string, waiting: string[]): Promise<void> {
  const hrefs = await page
    .locator('a[href^="#/studies/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  for (const href of hrefs) {
    const isOwn = href === own || href.startsWith(`${own}/`) || href.startsWith(`${own}?`);
    const kind = href.replaceAll(/\d+/g, '0');
    const ofKind = waiting.filter((each) => each.replaceAll(/\d+/g, '0') === kind).length;
    if (isOwn && !waiting.includes(href) && ofKind < mostOfAKind) waiting.push(href);
  }
}
