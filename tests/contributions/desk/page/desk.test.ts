import { expect, test } from 'vitest';
import {
  hasBrowser,
  openPage,
  screenshot,
  startHost,
  startHostProcess,
  violations,
} from '../../../renderer/harness.ts';
import { leftDesk, focused, prepareSession, shownAnswers, stored } from './sessions.ts';

const aPage = { columns: 5, rows: 3 };

test.skipIf(!hasBrowser)(
  'a whole session by keyboard: consent, practice, labels, taking back, review, the end',
  async () => {
    const session = await prepareSession({ consent: 'May we keep your answers?', grid: aPage });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('heading', { name: 'Before you begin' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'I agree' }).press('Enter');
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start' }).press('Enter');
    await page.getByText('Practice: these answers do not count.').waitFor();
    const check = page.getByRole('button', { name: 'Check answers' });
    expect(await check.count()).toBe(0);
    let sawCheck = false;
    for (let trial = 0; trial < session.trials; trial++) {
      await expect.poll(() => focused(page)).toBe(trial);
      if (trial === 4) {
        expect(await violations(page)).toEqual([]);
        await screenshot(page, 'desk-grid');
        await page.keyboard.press('Backspace');
        await expect.poll(() => focused(page)).toBe(3);
        await expect.poll(async () => (await shownAnswers(page)).has(3)).toBe(false);
        await page.keyboard.press('2');
        await expect.poll(() => focused(page)).toBe(4);
      }
      sawCheck ||= await check.isVisible();
      await page.keyboard.press(String((trial % 3) + 1));
    }
    await page.getByRole('heading', { name: 'Almost done' }).waitFor();
    expect(sawCheck).toBe(true);
    await page.getByText('All images have an answer.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Finish' }).press('Enter');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await host.stop();
    const { answers, state } = stored(session);
    expect(state).toBe('finished');
    expect(answers).toEqual(Array.from({ length: session.trials }, (_, trial) => (trial === 3 ? 1 : trial % 3)));
  },
);

test.skipIf(!hasBrowser)('mouse, numeric pad and arrows; what was left out is named before the end', async () => {
  const session = await prepareSession({ practice: 0, repeats: 0, attention: 0 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('group', { name: 'Answers' }).getByRole('button', { name: 'Two' }).click();
  await expect.poll(() => focused(page)).toBe(1);
  await page.keyboard.press('Numpad1');
  await expect.poll(() => focused(page)).toBe(2);
  // The mouse may rest on another image: only the one in focus has a frame.
  await page.locator('.desk-cell').nth(4).hover();
  const frames = await page.locator('.desk-cell').evaluateAll((cells) => {
    const colors = cells.map((cell) => getComputedStyle(cell).borderTopColor);
    return colors.flatMap((color, trial) => (color === 'rgba(0, 0, 0, 0)' ? [] : [trial]));
  });
  expect(frames).toEqual([2]);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(page)).toBe(6);
  await page.locator('.desk-cell').nth(9).click();
  await expect.poll(() => focused(page)).toBe(9);
  for (let trial = 9; trial < session.trials; trial++) {
    await expect.poll(() => focused(page)).toBe(trial);
    await page.keyboard.press('1');
  }
  await page.getByText('7 images have no answer.').waitFor();
  await page.getByRole('button', { name: 'Answer them' }).click();
  await expect.poll(() => focused(page)).toBe(2);
  await host.stop();
  expect(stored(session).answers.slice(0, 3)).toEqual([2, 0, null]);
});

test.skipIf(!hasBrowser)(
  'one at a time: no answer before the image, times from its frame, and a break between blocks',
  async () => {
    const session = await prepareSession({
      mode: 'single',
      fixationMs: 150,
      practice: 0,
      repeats: 0,
      attention: 0,
      order: { seed: 1, apart: 2, blocks: 3 },
    });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('button', { name: 'Start' }).click();
    const answers = page.getByRole('group', { name: 'Answers' });
    let breaks = 0;
    for (let trial = 0; trial < session.trials; trial++) {
      const goOn = page.getByRole('button', { name: 'Continue' });
      const image = page.getByRole('img', { name: `Image ${trial + 1}`, exact: true });
      await image.or(goOn).first().waitFor();
      if (await goOn.isVisible()) {
        breaks += 1;
        await goOn.click();
        await image.waitFor();
      }
      await answers.locator(':scope:not([disabled])').waitFor();
      if (trial === 0) {
        expect(await violations(page)).toEqual([]);
        await screenshot(page, 'desk-single');
      }
      await page.keyboard.press('2');
    }
    await page.getByText('All images have an answer.').waitFor();
    expect(breaks).toBe(2);
    await host.stop();
    expect(new Set(stored(session).answers)).toEqual(new Set([1]));
  },
);

test.skipIf(!hasBrowser)(
  'a page that is loaded again goes on at the exact image, with all that was answered',
  async () => {
    const session = await prepareSession({ practice: 0 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('button', { name: 'Start' }).click();
    for (let trial = 0; trial < 5; trial++) {
      await expect.poll(() => focused(page)).toBe(trial);
      await page.keyboard.press('3');
    }
    await expect.poll(() => focused(page)).toBe(5);
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => focused(page)).toBe(5);
    await expect.poll(async () => [...(await shownAnswers(page)).keys()]).toEqual([0, 1, 2, 3, 4]);
  },
);

test.skipIf(!hasBrowser)(
  'only the PIN leads out; what cannot be stored stops the volunteer, and is kept once it can',
  async () => {
    const session = await prepareSession({ practice: 0 }, { pin: '4711' });
    const host = await startHostProcess({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Researcher' }).click();
    await page.getByLabel('PIN of the researcher').fill('1234');
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('This PIN is wrong.').waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    host.process.kill('SIGKILL');
    await page.keyboard.press('1');
    await page
      .getByRole('alert')
      .filter({ hasText: 'Please stop and call the researcher.' })
      .filter({ hasText: 'if the program was closed or started again, open the address that it prints' })
      .waitFor({ timeout: 60_000 });
    await screenshot(page, 'desk-lost');
    expect(await violations(page)).toEqual([]);
    expect(await focused(page)).toBe(0);
    const again = await startHost({ dataFolder: session.dataFolder });
    const fresh = await openPage(again, { route: `/desk/${session.token}` });
    await fresh.getByRole('button', { name: 'Start' }).click();
    await fresh.getByRole('button', { name: 'Researcher' }).click();
    await fresh.getByLabel('PIN of the researcher').fill('4711');
    await fresh.getByRole('button', { name: 'Leave' }).click();
    await fresh.waitForURL(leftDesk);
  },
);

test.skipIf(!hasBrowser)('at 200 % and on a large screen, in both color schemes, it looks the same gray', async () => {
  const session = await prepareSession({ practice: 0 });
  const host = await startHost({ dataFolder: session.dataFolder });
  for (const [width, height, colorScheme] of [
    [640, 400, 'light'],
    [1920, 1080, 'dark'],
  ] as const) {
    const page = await openPage(host, { route: `/desk/${session.token}`, width, height, colorScheme });
    await page.getByRole('button', { name: /Start|Continue/ }).click();
    await page.getByText('Which one?').first().waitFor();
    expect(await violations(page)).toEqual([]);
    const ground = await page.locator('.desk').evaluate((desk) => getComputedStyle(desk).backgroundColor);
    expect(ground).toBe('rgb(128, 128, 128)');
    const isWider = await page.locator('.desk').evaluate((desk) => desk.scrollWidth > desk.clientWidth);
    expect(isWider).toBe(false);
  }
});
