import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser, type Host, openPage, type PageOptions, screenshot, startHost, violations } from './harness.ts';
import { layoutFaults } from './layout.ts';
import { studiesOfClasses, type StudyOfClasses } from './many-classes.ts';

/** All screens in both themes and sizes take minutes; normally a few of them are looked at. */
const isWhole = process.env.BOUNDARY_NEWCOMER === '1';

const results = ['', '/softmax', '/certainty', '/stimuli', '/stimuli?map=labels', '/along', '/agreement', '/compare'];
const everything = [
  ...['', '/stimuli?part=preview', '/stimuli?part=preview&image=3', '/stimuli?part=freeze', '/models', '/report'],
  ...['/labeling?part=plan', '/labeling?part=sessions', '/labeling?part=after', '/results?image=3'],
  ...results.map((part) => `/results${part}`),
];

interface Shown extends Required<Pick<PageOptions, 'colorScheme' | 'width' | 'height'>> {
  count: number;
  routes: readonly string[];
}

const [laptop, desktop] = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const few: Shown[] = [
  { count: 2, colorScheme: 'dark', ...laptop, routes: ['/results/along'] },
  { count: 12, colorScheme: 'light', ...laptop, routes: ['/labeling?part=plan'] },
  { count: 100, colorScheme: 'light', ...laptop, routes: ['/stimuli?part=preview', '/results/stimuli?map=labels'] },
];
const all = [2, 3, 12, 26, 100].flatMap((count) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    [laptop, desktop].map((size): Shown => ({ count, colorScheme, ...size, routes: everything })),
  ),
);
const shown = isWhole ? all : few;
const counts = [...new Set([...shown.map(({ count }) => count), 2, 12, 100])];

async function atRest(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy="true"], .mantine-Skeleton-root, .loading-line').count()).toBe(0);
}

test.skipIf(!hasBrowser)(
  'two to a hundred classes in color: no cut name, no overlap, nothing that axe finds, and answers by keys',
  { timeout: isWhole ? 3_600_000 : 300_000 },
  async () => {
    const { dataFolder, studies } = await studiesOfClasses(counts);
    const host = await startHost({ dataFolder });
    const faults: string[] = [];
    for (const { count, routes, ...options } of shown) {
      const { study } = studies[counts.indexOf(count)] ?? { study: '' };
      const page = await openPage(host, options);
      for (const route of routes) {
        await page.goto('about:blank');
        await page.goto(`${new URL(host.address).origin}/#/studies/${encodeURIComponent(study)}${route}`);
        await atRest(page);
        const found = [...(await layoutFaults(page)), ...(await violations(page))];
        faults.push(...found.map((fault) => `${count} classes, ${options.colorScheme}${route}: ${fault}`));
        const name = [count, options.width, options.colorScheme, route.replaceAll(/\W+/g, '-')].join(' ');
        await screenshot(page, `classes ${name}`.replaceAll(' ', '-'));
        if (count === 100 && route === '/results/stimuli?map=labels') {
          await page.getByRole('textbox', { name: 'Find a class' }).fill('VIOLET jay');
          await page.getByText('14 of 700 images').waitFor();
        }
      }
      await page.context().close();
    }
    for (const each of studies) {
      for (const mode of ['grid', 'single'] as const) {
        if (!isWhole && (mode === 'grid') === each.names.length > 2) continue;
        for (const size of isWhole ? [laptop, desktop] : [laptop]) {
          const page = await openPage(host, { ...size, route: `/desk/${each.desks[mode]}` });
          faults.push(...(await label(page, each, `${mode} ${size.width}`)));
          await page.context().close();
        }
      }
    }
    faults.push(...(await withoutPairs(host)));
    expect(faults).toEqual([]);
  },
);

/** Test images as stimuli: chosen on their screen, and in Results without pairs; gives what the page shows wrongly. */
async function withoutPairs(host: Host): Promise<string[]> {
  const page = await openPage(host, { ...laptop, route: '/studies/test%20images/stimuli' });
  await page.getByRole('heading', { name: '60 images, frozen' }).waitFor();
  await atRest(page);
  const found = [...(await layoutFaults(page)), ...(await violations(page))];
  await screenshot(page, 'test-images-stimuli');
  const which = page.getByRole('combobox', { name: 'Which test images' });
  await which.click();
  await page.getByRole('option', { name: 'All' }).click();
  await page.getByRole('button', { name: 'Freeze 10,000 images' }).waitFor();
  await which.click();
  await page.getByRole('option', { name: 'Sample' }).click();
  await page.getByLabel('Images', { exact: true }).fill('60');
  await page.getByText('Frozen', { exact: true }).waitFor();
  await page.getByText('Real images', { exact: true }).click();
  await page.getByRole('dialog', { name: 'Make the images from real ones?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.goto(`${new URL(host.address).origin}/#/studies/test%20images/results/stimuli`);
  await page.getByText('The images that simulated labelers disagree on most come first.').waitFor();
  await atRest(page);
  expect(await page.getByRole('link', { name: 'Where on the way' }).count()).toBe(0);
  found.push(...(await layoutFaults(page)), ...(await violations(page)));
  await page.getByRole('listbox').press('Enter');
  const drawer = page.getByRole('dialog', { name: /^Image \d+$/ });
  await drawer.getByText('True class').waitFor();
  // The image that opens is one that they disagree on.
  await drawer
    .getByText(/\d × \d, \d × \d/)
    .first()
    .waitFor();
  expect(await drawer.getByRole('button', { name: /alpha/ }).count()).toBe(0);
  await page.context().close();
  return found.map((fault) => `test images: ${fault}`);
}

/** Labels the next image by its keys; gives what the page shows wrongly. */
async function label(page: Page, { names }: StudyOfClasses, name: string): Promise<string[]> {
  const count = names.length;
  const start = page.getByRole('button', { name: /Start|Continue/ });
  await start.waitFor();
  const found = [...(await layoutFaults(page)), ...(await violations(page))];
  await screenshot(page, `classes-${count}-desk-${name.replace(' ', '-')}-begin`);
  await start.click();
  const answers = page.getByRole('group', { name: 'Answers' }).getByRole('button');
  await expect.poll(() => answers.count()).toBe(count + 1);
  await expect.poll(() => page.locator('.desk-choices').isEnabled()).toBe(true);
  const places = () => answers.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
  const before = await places();
  // On a page of images the answers are there before the pixels are.
  const colors = () =>
    page
      .locator('.desk-image')
      .last()
      .evaluate((canvas: HTMLCanvasElement) => {
        const [red, green, blue] = canvas.getContext('2d')?.getImageData(0, 0, 1, 1).data ?? [];
        return new Set([red, green, blue]).size;
      });
  await expect.poll(colors, { message: `the image is in color: ${count} classes, ${name}` }).toBeGreaterThan(1);
  const keys = (await answers.nth(1).locator('kbd').textContent()) ?? '';
  for (const key of keys.slice(0, -1)) await page.keyboard.press(key);
  if (keys.length > 1) {
    await page.getByText('Now press the second key').waitFor();
    // What is typed moves no answer.
    expect(await places()).toEqual(before);
  }
  found.push(...(await layoutFaults(page)), ...(await violations(page)));
  await screenshot(page, `classes-${count}-desk-${name.replace(' ', '-')}`);
  const progress = page.getByRole('progressbar');
  const done = Number(await progress.locator('div').evaluate((bar: HTMLElement) => parseFloat(bar.style.width)));
  await page.keyboard.press(keys.at(-1) ?? '');
  const isCounted = expect
    .poll(() => progress.locator('div').evaluate((bar: HTMLElement) => parseFloat(bar.style.width)))
    .toBeGreaterThan(done);
  await isCounted.catch(async (cause: unknown) => {
    throw new Error(`${count} classes, ${name}: the page took no answer: ${await page.textContent('body')}`, { cause });
  });
  return found.map((fault) => `${count} classes, desk ${name}: ${fault}`);
}
