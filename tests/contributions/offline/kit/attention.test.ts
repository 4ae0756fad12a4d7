import { expect, test } from 'vitest';
import { focused } from '../../desk/page/sessions.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { hasBrowser } from '../../../renderer/harness.ts';
import { kitOf } from './kit-of.ts';
import { timedContext, TimedPage } from './timed-kit.ts';

test.skipIf(!hasBrowser)('each thing that draws a volunteer away is noted as what it is, at its time', async () => {
  const it = await TimedPage.open(await timedContext(), kitOf(viewOf()));
  const { page } = it;
  const began = await it.now();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await page.keyboard.press('1');
  await expect.poll(() => focused(page)).toBe(1);
  await it.pass(10);
  // A browser without a screen hides no page and gives no window the focus: what it would say to the page.
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await it.pass(10);
  const show = (hidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await show(true);
  await it.pass(10);
  await show(false);
  await it.pass(10);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await it.pass(10);
  await page.evaluate(async () => {
    const left = new Promise((resolve) => document.addEventListener('fullscreenchange', resolve, { once: true }));
    await document.exitFullscreen();
    await left;
  });
  // By an address, once and for this page only.
  await page.evaluate(() => {
    sessionStorage.setItem('labeling-session-strayed', 'yes');
    location.hash = '#/studies';
  });
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0);
  await it.pass(10);
  await page.keyboard.press('2');
  await expect.poll(() => focused(page)).toBe(2);
  const [sitting] = (await it.result()).sittings;
  expect(sitting?.notes.map(({ kind, trial, atMs }) => [kind, trial, atMs - began])).toEqual([
    ['full-screen-entered', null, 0],
    ['focus-lost', null, 10],
    ['hidden', null, 20],
    ['visible', null, 30],
    ['focus-back', null, 40],
    ['full-screen-left', null, 50],
    ['tried-to-leave', null, 50],
  ]);
});

test.skipIf(!hasBrowser)('two windows of a session warn and note each other once, until one is left', async () => {
  const context = await timedContext();
  const kit = kitOf(viewOf());
  const first = await TimedPage.open(context, kit);
  const alert = (page: TimedPage) => page.page.getByText('This page is open in another window.');
  expect(await alert(first).count()).toBe(0);
  const second = await TimedPage.open(context, kit);
  // Of another session.
  const stranger = await TimedPage.open(context, kitOf(viewOf()));
  for (const each of [first, second]) await alert(each).waitFor();
  expect(await alert(stranger).count()).toBe(0);
  await second.page.close({ runBeforeUnload: true });
  await alert(first).waitFor({ state: 'detached' });
  for (const page of [first, stranger]) {
    await page.page.getByRole('button', { name: 'Start' }).click();
    await page.page.keyboard.press('1');
    await expect.poll(() => focused(page.page)).toBe(1);
  }
  const warnings = async (page: TimedPage): Promise<number[]> =>
    (await page.result()).sittings.map(({ notes }) => notes.filter(({ kind }) => kind === 'second-window').length);
  expect(await warnings(first)).toEqual([1, 1]);
  expect(await warnings(stranger)).toEqual([0]);
});
