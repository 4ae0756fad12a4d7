import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { LabelingPlan } from '../../../../main/contributions/sessions/contract/plan.ts';
import { hasBrowser, openPage, screenshot, startHost } from '../../../renderer/harness.ts';
import { doubled, expectInSight, expectWhole, proposed } from './in-sight.ts';
import { focused, prepareSession, stored } from './sessions.ts';

test.skipIf(!hasBrowser)(
  'a grid at 200 %: question, answers and the image in focus are in sight at each key',
  async () => {
    const session = await prepareSession(proposed, { alphas: 6, pin: '4711' });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, ...doubled });
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await expectWhole(page);
    await page.getByRole('button', { name: 'Start' }).click();
    for (let trial = 0; trial < session.trials; trial++) {
      await expect.poll(() => focused(page)).toBe(trial);
      if (trial % 5 === 3) await expectWhole(page);
      await expectInSight(page, ['.desk-question', '.desk-cell[aria-current="true"]', '.desk-choice']);
      if (trial === 12) await screenshot(page, 'desk-grid-200');
      await page.keyboard.press(String((trial % 3) + 1));
    }
    await page.getByText('All images have an answer.').waitFor();
    await expectWhole(page);
  },
);

/** Answers of several words, practice, a time limit, and an image of 40 mm: all that takes room. */
const crowded: Partial<LabelingPlan> = {
  names: ['A round zero', 'An upright one', 'A two with a tail'],
  cannotTell: 'I cannot tell what it is',
  size: { unit: 'mm', value: 40 },
  practice: 3,
  timeLimit: { imageSeconds: null, sessionMinutes: 40 },
};

test.skipIf(!hasBrowser)(
  'a crowded grid at 200 %: practice is named, and neither the time left nor a button lies over an image',
  async () => {
    const session = await prepareSession({ ...proposed, ...crowded }, { pin: '4711' });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, ...doubled });
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => focused(page)).toBe(0);
    await expectInSight(page, ['.desk-practice']);
    await screenshot(page, 'desk-crowded-200');
    for (let trial = 0; trial < session.trials; trial++) {
      await expect.poll(() => focused(page)).toBe(trial);
      await expectInSight(page, ['.desk-question', '.desk-cell[aria-current="true"]', '.desk-choice', '.desk-time']);
      if (trial === 12) await screenshot(page, 'desk-crowded-later-200');
      if (trial % 5 === 3) expect(await coveredBy(page, ['.desk-time', '.desk-leave', '.desk-side'])).toEqual([]);
      await page.keyboard.press(String((trial % 3) + 1));
    }
    await page.getByText('All images have an answer.').waitFor();
  },
);

test.skipIf(!hasBrowser)('a crowded image at 200 %: all of it is in sight, beside nothing that scrolls', async () => {
  const session = await prepareSession({ ...proposed, ...crowded, practice: 0, mode: 'single' }, { pin: '4711' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, ...doubled });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('.desk-choices:not([disabled])').waitFor();
  await expectWhole(page);
  await expectInSight(page, ['.desk-question', '.desk-stage canvas', '.desk-choice', '.desk-review', '.desk-time']);
  await screenshot(page, 'desk-crowded-single-200');
});

test.skipIf(!hasBrowser)('a large image takes the place of its cross: nothing around it moves', async () => {
  const session = await prepareSession({
    ...proposed,
    mode: 'single',
    fixationMs: 5000,
    size: { unit: 'px', value: 180 },
  });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, ...doubled });
  const places = () =>
    page.evaluate(() => ({
      isCross: document.querySelector('.desk-cross') !== null,
      tops: ['.desk-question', '.desk-choices'].map(
        (each) => document.querySelector(each)?.getBoundingClientRect().top,
      ),
    }));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('.desk-cross').waitFor();
  const before = await places();
  expect(before.isCross).toBe(true);
  await page.locator('.desk-choices:not([disabled])').waitFor();
  expect(await places()).toEqual({ ...before, isCross: false });
});

test.skipIf(!hasBrowser)('one at a time at 200 %: question, image and answers are in sight together', async () => {
  const session = await prepareSession({ ...proposed, mode: 'single' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, ...doubled });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('.desk-choices:not([disabled])').waitFor();
  await expectWhole(page);
  await expectInSight(page, ['.desk-question', '.desk-stage canvas', '.desk-choice']);
  await screenshot(page, 'desk-single-200');
});

test.skipIf(!hasBrowser).each(['grid', 'single'] as const)('a narrow window, %s: nothing is cut off', async (mode) => {
  const session = await prepareSession({ ...proposed, mode, grid: { columns: 10, rows: 2 } }, { pin: '4711' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, width: 420, height: 800 });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await expectWhole(page);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('.desk-choices:not([disabled])').waitFor();
  await screenshot(page, `desk-narrow-${mode}`);
  await expectInSight(page, ['.desk-question', '.desk-choice', '.desk-help']);
  await expectWhole(page);
});

test.skipIf(!hasBrowser)('labels by touch: answers, images, the end; on a screen of a tablet', async () => {
  const session = await prepareSession(proposed, { alphas: 2 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, width: 1024, height: 768, hasTouch: true });
  await page.getByRole('button', { name: 'Start' }).tap();
  const answers = page.getByRole('group', { name: 'Answers' });
  for (const [trial, name] of ['One', 'Two', 'Zero'].entries()) {
    await expect.poll(() => focused(page)).toBe(trial);
    await answers.getByRole('button', { name }).tap();
  }
  await expect.poll(() => focused(page)).toBe(3);
  await page.locator('.desk-cell').nth(1).tap();
  await expect.poll(() => focused(page)).toBe(1);
  await answers.getByRole('button', { name: 'Zero' }).tap();
  await expect.poll(() => focused(page)).toBe(2);
  await page.locator('.desk-cell').nth(3).tap();
  for (let trial = 3; trial < session.trials; trial++) {
    await expect.poll(() => focused(page)).toBe(trial);
    await answers.getByRole('button', { name: 'Two' }).tap();
  }
  await page.getByRole('button', { name: 'Finish' }).tap();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await host.stop();
  expect(stored(session).answers).toEqual([1, 0, 0, 2, 2, 2]);
});

test.skipIf(!hasBrowser)('one at a time by touch, at 200 %', async () => {
  const session = await prepareSession({ ...proposed, mode: 'single' }, { alphas: 2 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, ...doubled, hasTouch: true });
  await page.getByRole('button', { name: 'Start' }).tap();
  for (let trial = 0; trial < session.trials; trial++) {
    await page.getByRole('img', { name: `Image ${trial + 1}`, exact: true }).waitFor();
    await page.locator('.desk-choices:not([disabled])').getByRole('button', { name: 'One' }).tap();
  }
  await page.getByText('All images have an answer.').waitFor();
  await host.stop();
  expect(stored(session).answers).toEqual([1, 1, 1, 1, 1, 1]);
});

/** Which of these lies over a part that can be seen of an image in the grid. */
function coveredBy(page: Page, selectors: readonly string[]): Promise<string[]> {
  return page.evaluate((wanted) => {
    const grid = document.querySelector('.desk-grid')?.getBoundingClientRect();
    const images = [...document.querySelectorAll('.desk-cell canvas')].map((one) => one.getBoundingClientRect());
    return wanted.filter((selector) => {
      const over = document.querySelector(selector)?.getBoundingClientRect();
      return images.some(
        ({ left, right, top, bottom }) =>
          over &&
          grid &&
          Math.max(left, over.left) < Math.min(right, over.right) &&
          Math.max(top, over.top, grid.top) < Math.min(bottom, over.bottom, grid.bottom),
      );
    });
  }, selectors);
}
