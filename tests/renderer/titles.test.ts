import { expect, test } from 'vitest';
import { studySteps } from '../../renderer/navigation/addresses.ts';
import { prepareSession } from '../contributions/desk/page/sessions.ts';
import { hasBrowser, openPage, startHost } from './harness.ts';
import { route as labeling } from '../contributions/desk/screen/prepare.ts';

const study = /^\/studies\/([^/]+)\//.exec(labeling)?.[1] ?? '';
const program = 'Boundary Workbench';

/** Titles of pages by their addresses. */
const titles: Record<string, string> = {
  ...Object.fromEntries(studySteps.map(({ name, path }) => [`/studies/${study}${path}`, `${name} · ${study}`])),
  [`/studies/${study}/results/softmax`]: `Results · ${study}`,
  [`/studies/${study}/models/compare`]: `Compare runs · ${study}`,
  [`/studies/${study}/models/sweeps`]: `Sweeps · ${study}`,
  [`/studies/${study}/models/teachers`]: `Teachers · ${study}`,
  [`/studies/${study}/models/matrix`]: `Seed studies · ${study}`,
  '/studies/another%20study': 'Overview · another study',
  '/': 'Studies',
  '/tutorial': 'Tutorial',
  '/machine': 'Machine',
  '/nowhere': 'Page not found',
};

test.skipIf(!hasBrowser)(
  'the title of a page names its screen and its study; a labeling desk says no more',
  async () => {
    const session = await prepareSession({ practice: 0 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: '/studies' });
    for (const [address, title] of Object.entries(titles)) {
      await page.evaluate((hash) => {
        window.location.hash = hash;
      }, address);
      await expect.poll(() => page.title(), { message: address }).toBe(`${title} · ${program}`);
    }
    await page.goBack();
    await expect.poll(() => page.title()).toBe(`Machine · ${program}`);
    await page.goto(`${new URL(host.address).origin}/#/desk/${session.token}`);
    await page.getByText(/^Your name in this study: P-/).waitFor();
    expect(await page.title()).toBe('Labeling');
  },
);
