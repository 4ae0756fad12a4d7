import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import {
  hasBrowser,
  openPage,
  screenshot,
  startHost,
  startHostProcess,
  violations,
} from '../../../renderer/harness.ts';
import { focused, prepareSession, stored } from './sessions.ts';

const noExtras = { practice: 0, repeats: 0, attention: 0 };
const aMinute = { ...noExtras, timeLimit: { imageSeconds: null, sessionMinutes: 1 } };

async function press(page: Page, key: string): Promise<void> {
  const trial = await focused(page);
  await page.keyboard.press(key);
  await expect.poll(() => focused(page)).toBe(trial + 1);
}

test.skipIf(!hasBrowser)(
  'the time of a session is kept over a reload, ends it quietly, and an answer under way when it ends still counts',
  async () => {
    const session = await prepareSession(aMinute, { worked: 10_000 });
    const host = await startHostProcess({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
    await page.getByText('Less than a minute left.', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('timer').getByText('Less than a minute left').waitFor();
    await press(page, '2');
    await press(page, '2');
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'desk-time-left');
    await page.reload();
    await page.getByRole('button', { name: 'Continue' }).click();
    await press(page, '3');
    // The host cannot answer any more; it will once the time is up.
    const at = await focused(page);
    host.process.kill('SIGSTOP');
    await page.keyboard.press('1');
    await page.clock.fastForward(50_000);
    await page.getByRole('heading', { name: 'The time is up' }).waitFor();
    await page.keyboard.press('2');
    host.process.kill('SIGCONT');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await page.getByText('The time is up. You are done.', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'desk-time-up');
    await page.reload();
    await page.getByText('The time is up. You are done.', { exact: false }).waitFor();

    const board = await openPage(host, { route: '/studies/small/labeling?part=sessions' });
    await board.getByText(`Time up, ${session.trials - 5} unanswered`).waitFor();
    expect(await violations(board)).toEqual([]);
    await screenshot(board, 'board-time-up');
    await host.stop();
    const { answers, state, imagesLeft } = stored(session);
    expect(at).toBe(4);
    expect(answers).toEqual([0, 1, 1, 2, 0, ...new Array(session.trials - 5).fill(null)]);
    expect({ state, imagesLeft }).toEqual({ state: 'finished', imagesLeft: session.trials - 5 });
  },
);

test.skipIf(!hasBrowser)('in a break the time stands still', async () => {
  const blocks = { order: { seed: 1, apart: 1, blocks: 5 } };
  const session = await prepareSession({ ...aMinute, ...blocks, mode: 'single', perPerson: 10 }, { worked: 10_000 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])').waitFor();
  await page.keyboard.press('1');
  await page.getByRole('heading', { name: 'Time for a break' }).waitFor();
  await page.getByText('The time stops until you continue.', { exact: false }).waitFor();
  await page.clock.fastForward(60_000);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('timer').waitFor();
  await page.clock.fastForward(50_000);
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await host.stop();
  expect(stored(session)).toMatchObject({ state: 'finished', imagesLeft: 8 });
});

test.skipIf(!hasBrowser)(
  'an image whose time is up stays without an answer, however often one comes back to it',
  async () => {
    const timeLimit = { imageSeconds: 30, sessionMinutes: null };
    const session = await prepareSession({ ...noExtras, timeLimit, perPerson: 6 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('img', { name: 'The large image' }).waitFor();
    await page.clock.fastForward(30_000);
    await expect.poll(() => focused(page), { timeout: 60_000 }).toBe(1);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => focused(page)).toBe(0);
    await page.keyboard.press('1');
    await expect.poll(() => page.getByRole('button', { name: 'Zero' }).isDisabled()).toBe(true);
    await page.getByRole('img', { name: 'Image 1, time is up' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'desk-image-time-up');
    await page.reload();
    await page.getByRole('button', { name: /Start|Continue/ }).click();
    for (let trial = await focused(page); trial < 6; trial++) {
      await page.keyboard.press('2');
      if (trial < 5) await expect.poll(() => focused(page)).toBeGreaterThan(trial);
    }
    await page
      .getByText(/^The time was up for \d+ images?\. That does not matter\. All other images have an answer/)
      .waitFor();
    await screenshot(page, 'desk-review-time-up');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await host.stop();
    const { answers, imagesLeft } = stored(session);
    expect(answers[0]).toBeNull();
    expect(answers[5]).toBe(1);
    expect(imagesLeft).toBeNull();
  },
);

test.skipIf(!hasBrowser)(
  'a key that came after an image’s time is none, though the page hears of the end later',
  async () => {
    const timeLimit = { imageSeconds: 2, sessionMinutes: null };
    const session = await prepareSession({ ...noExtras, timeLimit, perPerson: 6 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('img', { name: 'The large image' }).waitFor();
    const at = await page.evaluate(() => {
      const label = document.querySelector('.desk-cell[aria-current="true"] canvas')?.getAttribute('aria-label');
      const until = performance.now() + 2500;
      // The computer is busy, and the key is pressed meanwhile.
      while (performance.now() < until);
      window.dispatchEvent(new KeyboardEvent('keydown', { key: '1', code: 'Digit1', bubbles: true, cancelable: true }));
      return Number(/\d+/.exec(label ?? '')?.[0]) - 1;
    });
    await page.getByRole('img', { name: `Image ${at + 1}, time is up` }).waitFor();
    await host.stop();
    expect(stored(session).answers[at]).toBeNull();
  },
);

const answerPings = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const channel = new BroadcastChannel('pings');
    channel.onmessage = ({ data }) => data === 'ping' && channel.postMessage('pong');
  });

/** Waits until another window has answered: what windows sent each other before has arrived by then. */
const ping = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const channel = new BroadcastChannel('pings');
    const answered = new Promise((resolve) => {
      channel.onmessage = resolve;
    });
    channel.postMessage('ping');
    await answered;
    channel.close();
  });

test.skipIf(!hasBrowser)('no image runs out of time by itself while two windows have the session open', async () => {
  const timeLimit = { imageSeconds: 2, sessionMinutes: null };
  const session = await prepareSession({ ...noExtras, timeLimit, perPerson: 6 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  const forgotten = await page.context().newPage();
  await forgotten.goto(page.url());
  const windows = [page, forgotten];
  for (const window of windows) {
    await window.getByRole('alert').filter({ hasText: 'open in another window' }).waitFor();
    await window.getByRole('button', { name: 'Start' }).click();
    await window.getByRole('img', { name: 'The large image' }).waitFor();
  }
  // Twice the time of an image, in steps in which the windows can answer each other.
  await answerPings(forgotten);
  for (let passed = 0; passed < 4000; passed += 500) {
    await page.clock.runFor(500);
    await ping(page);
  }
  for (const window of windows) expect(await focused(window)).toBe(0);
  // No key counts after it, and once the other window is closed the image is over.
  await page.keyboard.press('1');
  await forgotten.close();
  await page.getByRole('img', { name: 'Image 1, time is up' }).waitFor();
  await host.stop();
  expect(stored(session).answers[0]).toBeNull();
});
