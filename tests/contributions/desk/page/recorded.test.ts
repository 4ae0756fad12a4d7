import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { Screen } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { openStorage } from '../../../../main/storage/open.ts';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { route } from '../screen/prepare.ts';
import { focused, prepareSession, type Prepared } from './sessions.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };

/** What the disk has of a session's page: the screens that it was opened on, and the notes. */
function recorded({ dataFolder, id }: Prepared): { screens: Screen[]; notes: string[] } {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    const { log } = sessionTables(storage);
    return { screens: log.sittings(id).map(({ screen }) => screen), notes: log.notes(id).map(({ kind }) => kind) };
  } finally {
    storage.close();
  }
}

test.skipIf(!hasBrowser)('the page loses the focus, and gets it back: both are written down', async () => {
  const session = await prepareSession(plain);
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  const last = (): string | undefined => recorded(session).notes.findLast((kind) => kind.startsWith('focus-'));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.keyboard.press('1');
  await expect.poll(() => focused(page)).toBe(1);
  // What a browser tells a page; one without a screen gives no window the focus of another.
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect.poll(last).toBe('focus-lost');
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect.poll(last).toBe('focus-back');
  await page.keyboard.press('2');
  await expect.poll(() => focused(page)).toBe(2);
});

test.skipIf(!hasBrowser)('how often the screen is drawn is measured, and stored with its size', async (context) => {
  const session = await prepareSession(plain);
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, width: 1100, height: 700, pixelRatio: 2 });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  // A computer that is too busy to draw measures nothing, and says so: it may try again.
  for (let tries = 1; tries < 5 && recorded(session).screens.at(-1)?.refreshHz === null; tries++) {
    await page.reload();
    await expect.poll(() => recorded(session).screens.length).toBe(tries + 1);
  }
  const last = recorded(session).screens.at(-1);
  expect(last).toMatchObject({ width: 1100, height: 700, pixelRatio: 2, pixelsPerMm: null });
  const rate = last?.refreshHz ?? null;
  if (rate === null) {
    process.stderr.write('This computer was too busy to draw five times: how often it draws is not tried.\n');
    return context.skip('needs a computer that draws');
  }
  expect(rate).toBeGreaterThan(5);
  expect(rate).toBeLessThan(500);
});

test.skipIf(!hasBrowser)('images are as large as the ruler says, and what it says is stored', async () => {
  const session = await prepareSession({ ...plain, size: { unit: 'mm', value: 30 } });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `${route}?part=sessions` });
  const slider = page.getByLabel(/^Hold a bank card into the frame/);
  await slider.focus();
  for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowRight');
  const perMm = Number(await slider.inputValue()) / 85.6;
  await page.getByText(`${perMm.toFixed(2)} pixels per millimeter`).waitFor();
  expect(perMm).toBeGreaterThan(96 / 25.4 + 0.3);
  const desk = await page.context().newPage();
  await desk.goto(`${new URL(host.address).origin}/#/desk/${session.token}`);
  await desk.getByRole('button', { name: 'Start' }).click();
  await expect.poll(() => widthOf(desk, '.desk-side canvas')).toBeCloseTo(30 * perMm, 0);
  await expect.poll(() => recorded(session).screens[0]?.pixelsPerMm).toBeCloseTo(perMm, 6);
});

const widthOf = async (page: Page, selector: string): Promise<number | undefined> =>
  (await page.locator(selector).boundingBox())?.width;

test.skipIf(!hasBrowser).for([
  ['grid', 'pixelated', 'pixelated'],
  ['grid', 'smooth', 'auto'],
  ['single', 'pixelated', 'pixelated'],
  ['single', 'smooth', 'auto'],
] as const)('%s: images are enlarged as the plan says (%s)', async ([mode, interpolation, expected]) => {
  const session = await prepareSession({ ...plain, mode, interpolation });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  await page.getByRole('button', { name: 'Start' }).click();
  const drawn = () =>
    page.locator('canvas.desk-image').evaluateAll((all) => [
      ...new Set(
        all.map((one) => {
          const isEnlarged = one instanceof HTMLCanvasElement && one.clientWidth > one.width;
          return isEnlarged ? getComputedStyle(one).imageRendering : 'as it is';
        }),
      ),
    ]);
  await expect.poll(drawn).toEqual([expected]);
});
