import { expect, test } from 'vitest';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../../renderer/harness.ts';
import { focused, prepareSession, stored, storedEvents } from './sessions.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };

test.skipIf(!hasBrowser)(
  'one at a time: from the review to what is open and back, without a walk through what is answered',
  async () => {
    const session = await prepareSession({
      ...plain,
      mode: 'single',
      order: { seed: 1, apart: 2, blocks: 3 },
    });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const image = (trial: number) => page.getByRole('img', { name: `Image ${trial + 1}`, exact: true });
    const press = async (trial: number, key: string): Promise<void> => {
      await image(trial).or(button('Continue')).first().waitFor();
      if (await button('Continue').isVisible()) await button('Continue').click();
      await image(trial).waitFor();
      await page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])').waitFor();
      await page.keyboard.press(key);
    };
    const last = session.trials - 1;
    await button('Start').click();
    for (let trial = 0; trial < last; trial++) await press(trial, '1');
    await image(last).waitFor();
    await button('Check answers').press('Enter');
    await page.getByText('1 image has no answer.').waitFor();
    await button('Answer it').click();
    await image(last).waitFor();
    await button('Check answers').click();
    await page.getByRole('heading', { name: 'Unanswered images' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'desk-review-open');
    await button('Answer it').click();
    // Taken back up to the fourth image, and answered again.
    for (let trial = last - 1; trial >= 3; trial--) {
      await page.keyboard.press('Backspace');
      await image(trial).waitFor();
    }
    await page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])').waitFor();
    await button('Check answers').click();
    await page.getByText(`${session.trials - 3} images have no answer.`).waitFor();
    await button('Answer them').click();
    for (let trial = 3; trial < last; trial++) await press(trial, '2');
    await image(last).waitFor();
    await button('Check answers').click();
    await button('Finish without it').click();
    await page.getByText('You cannot answer it later. Do you want to finish?').waitFor();
    await button('Finish').click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await host.stop();
    expect(stored(session)).toMatchObject({
      state: 'finished',
      answers: Array.from({ length: session.trials }, (_, trial) => (trial === last ? null : trial < 3 ? 0 : 1)),
    });
  },
);

test.skipIf(!hasBrowser)('grid: a gap is answered with one key, and then the review is back', async () => {
  const session = await prepareSession(plain);
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await button('Start').click();
  for (let trial = 0; trial < session.trials; trial++) {
    await expect.poll(() => focused(page)).toBe(trial);
    if (trial === 2 || trial === 5) await page.keyboard.press('ArrowRight');
    else await page.keyboard.press('1');
  }
  await page.getByText('2 images have no answer.').waitFor();
  await button('Answer them').click();
  await expect.poll(() => focused(page)).toBe(2);
  await page.keyboard.press('2');
  await expect.poll(() => focused(page)).toBe(5);
  // Back to what was answered last, not to the neighbor.
  await page.keyboard.press('Backspace');
  await expect.poll(() => focused(page)).toBe(2);
  await page.keyboard.press('3');
  await expect.poll(() => focused(page)).toBe(5);
  await page.keyboard.press('3');
  await page.getByText('All images have an answer.').waitFor();
  await button('See the images again').click();
  // Changes go on to the neighbor.
  await page.keyboard.press('2');
  await expect.poll(() => focused(page)).toBe(1);
  await button('Check answers').click();
  await button('Finish').click();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await host.stop();
  expect(storedEvents(session)).toHaveLength(session.trials + 3);
  const expected = new Array<number>(session.trials).fill(0).with(0, 1).with(2, 2).with(5, 2);
  expect(stored(session)).toMatchObject({ state: 'finished', answers: expected });
});
