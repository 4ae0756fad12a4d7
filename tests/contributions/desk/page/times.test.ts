import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { focused, prepareSession, storedEvents } from './sessions.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };

test.skipIf(!hasBrowser)(
  'one at a time: the frame of an image that was left says nothing of the image that comes next',
  async () => {
    const session = await prepareSession({ ...plain, mode: 'single', fixationMs: 4000 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('button', { name: 'Start' }).click();
    const answers = page.getByRole('group', { name: 'Answers' });
    await answers.locator(':scope:not([disabled])').waitFor();
    // A screen that draws seldom, so that there is time between an image and its frame.
    await page.evaluate(() => {
      window.requestAnimationFrame = (callback) => Number(setTimeout(() => callback(performance.now()), 600));
    });
    await page.keyboard.press('1');
    await page.getByRole('img', { name: 'Image 2', exact: true }).waitFor();
    await page.keyboard.press('Backspace');
    const cross = page.locator('.desk-cross');
    await cross.waitFor();
    // While the cross is there, no answer is taken.
    const look = () =>
      page.evaluate(() => ({
        isCross: document.querySelector('.desk-cross') !== null,
        isOpen: document.querySelector('.desk-choices:not([disabled])') !== null,
      }));
    const looks = [await look()];
    while (looks.at(-1)?.isCross) looks.push(await look());
    expect(looks.filter(({ isCross, isOpen }) => isCross && isOpen)).toEqual([]);
    await page.getByRole('img', { name: 'Image 1', exact: true }).waitFor();
    await answers.locator(':scope:not([disabled])').waitFor();
    await page.keyboard.press('2');
    await page.getByRole('img', { name: 'Image 2', exact: true }).waitFor();
    await host.stop();
    const [first, back, again] = storedEvents(session);
    expect([first?.kind, back?.kind, again?.kind]).toEqual(['answer', 'undo', 'answer']);
    expect(again?.shownMs ?? 0).toBeGreaterThan((back?.atMs ?? 0) + 4000);
  },
);

test.skipIf(!hasBrowser)('grid: what is taken back from the next image has no time of that image', async () => {
  const session = await prepareSession(plain);
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.keyboard.press('1');
  await expect.poll(() => focused(page)).toBe(1);
  await page.clock.runFor(500);
  await page.keyboard.press('Backspace');
  await expect.poll(() => focused(page)).toBe(0);
  await host.stop();
  const back = storedEvents(session)[1];
  expect(back).toMatchObject({ kind: 'undo', trial: 0 });
  expect((back?.atMs ?? 0) - (back?.shownMs ?? 0)).toBeLessThan(500);
});
