import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { focused, stopIn } from '../../desk/page/sessions.ts';
import { painted, Writer } from '../../desk/page/whole-sittings.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { hasBrowser } from '../../../renderer/harness.ts';
import { kitOf } from './kit-of.ts';
import { timedContext, TimedPage } from './timed-kit.ts';

/** @param usedMs of the session's time, in sittings that the workbench knew @param isBusy see `timedContext` */
async function opened(change: Partial<VolunteerView>, usedMs = 0, isBusy = false) {
  const clock = [{ sitting: randomUUID(), ms: usedMs }];
  const it = await TimedPage.open(await timedContext(isBusy), kitOf(viewOf(change), clock));
  const { page } = it;
  const focus = (trial: number) => expect.poll(() => focused(page)).toBe(trial);
  return { it, page, writer: new Writer(it), focus };
}

test.skipIf(!hasBrowser)(
  'the time of images and of a session ends at its millisecond; a break gives back nothing and takes nothing',
  async () => {
    const timeLimit = { imageSeconds: 10, sessionMinutes: 2 };
    const { it, page, writer, focus } = await opened({ timeLimit, leftMs: 120_000, breaks: [5] }, 0, true);
    await page
      .getByText('You have 2 minutes. The time starts with the first image. The time stops in breaks.')
      .waitFor();
    const timer = page.getByRole('timer');
    await writer.start();
    const began = writer.now;
    writer.note('work-began', null);
    await timer.getByText('About 2 minutes left').waitFor();
    await focus(0);
    let shown = writer.now;
    await writer.pass(9_999);
    await page.keyboard.press('1');
    writer.event('answer', 0, 0, shown);
    await focus(1);
    shown = writer.now;
    await writer.pass(9_999);
    await focus(1);
    await writer.pass(1);
    writer.event('timeout', 1, null, shown);
    await page.getByRole('img', { name: 'Image 2, time is up' }).waitFor();
    await focus(2);
    // A sign of work every 20 s.
    await writer.pass(1);
    writer.note('working', null);
    // All visits to an image add up.
    await writer.pass(3_999);
    await page.keyboard.press('ArrowRight');
    await focus(3);
    await writer.pass(3_000);
    await page.keyboard.press('ArrowLeft');
    await focus(2);
    shown = writer.now;
    await writer.pass(5_999);
    expect(await page.getByRole('img', { name: 'Image 3, no answer yet' }).count()).toBe(1);
    await writer.pass(1);
    writer.event('timeout', 2, null, shown);
    await focus(3);
    shown = writer.now;
    await writer.pass(1_000);
    await page.keyboard.press('2');
    writer.event('answer', 3, 1, shown);
    await focus(4);
    // Taken back, the image has the time that it had left: six seconds.
    await writer.pass(400);
    await page.keyboard.press('Backspace');
    writer.event('undo', 3, null, writer.now);
    await focus(3);
    shown = writer.now;
    await writer.pass(5_599);
    // 20 s after the last sign of work, within these six seconds.
    writer.noteAt('working', began + 40_000);
    await writer.pass(400);
    expect(await page.getByRole('img', { name: 'Image 4, no answer yet' }).count()).toBe(1);
    await page.keyboard.press('3');
    writer.event('answer', 3, 2, shown);
    await focus(4);
    shown = writer.now;
    await writer.pass(100);
    await page.keyboard.press('1');
    writer.event('answer', 4, 0, shown);
    await page.getByText('The time stops until you continue.', { exact: false }).waitFor();
    writer.note('break-began', 5);
    const worked = writer.now - began;
    await writer.pass(200_000);
    await page.getByRole('button', { name: 'Continue' }).click();
    writer.note('break-ended', 5);
    await focus(5);
    shown = writer.now;
    await writer.pass(10_000);
    writer.event('timeout', 5, null, shown);
    await page
      .getByText('The time was up for 3 images. That does not matter. All other images have an answer.')
      .waitFor();
    writer.note('review', null);
    // The minutes that are left are rounded up.
    const left = 120_000 - worked - 10_000;
    await writer.pass(left - 60_000 - 1);
    await timer.getByText('About 2 minutes left').waitFor();
    await writer.pass(1);
    await timer.getByText('Less than a minute left').waitFor();
    await writer.pass(59_999);
    for (const second of [260, 280, 300]) writer.noteAt('working', began + second * 1000);
    await page.getByRole('heading', { name: 'Almost done' }).waitFor();
    await writer.pass(1);
    writer.note('time-up', null);
    await page.getByText('The time is up. You are done. Now save the result file.').waitFor();
    expect(writer.now).toBe(began + 320_000);
    const { events, notes } = writer.diary;
    expect(await it.result()).toMatchObject({
      finished: true,
      timeUp: true,
      finishedAt: await it.date(writer.now),
      sittings: [{ events, notes }],
    });
  },
);

test.skipIf(!hasBrowser)('one at a time: an image has its time from the frame that shows it', async () => {
  const timeLimit = { imageSeconds: 2, sessionMinutes: null };
  const { it, page, writer } = await opened({ timeLimit, mode: 'single', trials: 4 }, 0, true);
  const open = page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])');
  const image = (trial: number) => page.getByRole('img', { name: `Image ${trial + 1}`, exact: true });
  const see = async (trial: number): Promise<number> => {
    await image(trial).waitFor();
    const shown = painted(writer.now);
    await writer.pass(shown - writer.now);
    await open.waitFor();
    return shown;
  };
  await writer.start();
  let shown = await see(0);
  await writer.pass(1_999);
  await page.keyboard.press('3');
  writer.event('answer', 0, 2, shown);
  shown = await see(1);
  await writer.pass(1_999);
  expect(await image(1).count()).toBe(1);
  await writer.pass(1);
  writer.event('timeout', 1, null, shown);
  // Back past the image whose time is up: it stays without an answer.
  shown = await see(2);
  await page.keyboard.press('1');
  writer.event('answer', 2, 0, shown);
  await see(3);
  await page.keyboard.press('Backspace');
  writer.event('undo', 2, null, writer.now);
  await see(2);
  await page.keyboard.press('Backspace');
  await page.keyboard.press('2');
  writer.event('answer', 2, 1, writer.now);
  await see(3);
  const { events } = writer.diary;
  expect(await it.result()).toMatchObject({ sittings: [{ events, notes: [] }] });
});

test.skipIf(!hasBrowser).for([
  ['1', 'an answer'],
  ['Backspace', 'what takes an answer back'],
] as const)('%s in the last millisecond of a session counts, one later ends it (%s)', async ([key]) => {
  const timeLimit = { imageSeconds: null, sessionMinutes: 1 };
  const { it, page, writer, focus } = await opened({ timeLimit, leftMs: 5_130 }, 54_870);
  await page.getByText('Less than a minute left.', { exact: false }).waitFor();
  await writer.start();
  writer.note('work-began', null);
  await focus(0);
  let shown = writer.now;
  await writer.pass(5_100);
  await page.keyboard.press('2');
  writer.event('answer', 0, 1, shown);
  await focus(1);
  shown = writer.now;
  await writer.pass(29);
  await page.keyboard.press('3');
  writer.event('answer', 1, 2, shown);
  await focus(2);
  // The page checks its clock four times a second: it has not noticed yet.
  await writer.pass(1);
  await focus(2);
  await page.keyboard.press(key);
  writer.note('time-up', null);
  await page.getByText('The time is up. You are done. Now save the result file.').waitFor();
  const { events, notes } = writer.diary;
  expect(await it.result()).toMatchObject({ timeUp: true, sittings: [{ events, notes }] });
});

test.skipIf(!hasBrowser)('while another window is open, an image runs out of time only for keys', async () => {
  const { it, page, writer, focus } = await opened({ timeLimit: { imageSeconds: 1, sessionMinutes: null } });
  const aloneMs = await it.now();
  const other = await page.context().newPage();
  const alerts = [page, other].map((each) => each.getByText('This page is open in another window.'));
  await other.goto(page.url());
  const second = new TimedPage(other, it.kit);
  await second.opened();
  for (const alert of alerts) await alert.waitFor();
  writer.noteAt('second-window', aloneMs);
  await writer.start();
  await focus(0);
  let shown = writer.now;
  await writer.pass(1_000);
  await page.keyboard.press('1');
  writer.event('answer', 0, 0, shown);
  await focus(1);
  shown = writer.now;
  await writer.pass(1_001);
  await page.keyboard.press('1');
  await focus(1);
  // Once it is alone, the page ends the image.
  await other.close({ runBeforeUnload: true });
  await alerts[0]?.waitFor({ state: 'detached' });
  writer.event('timeout', 1, null, shown);
  await writer.pass(1);
  await focus(2);
  const { events, notes } = writer.diary;
  const result = await it.result();
  expect(result.sittings.find((sitting) => sitting.events.length > 0)).toMatchObject({ events, notes });
});

/** Has a page's browser refuse to store, as one without room, and take it again. */
async function fillable(page: Page): Promise<(isFull: boolean) => Promise<void>> {
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...values: Parameters<typeof put>) {
      if (sessionStorage.getItem('full')) throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, values);
    };
  });
  return (isFull) =>
    page.evaluate((full) => (full ? sessionStorage.setItem('full', 'yes') : sessionStorage.removeItem('full')), isFull);
}

test.skipIf(!hasBrowser)('a session ends once, however long that takes to store', async () => {
  const timeLimit = { imageSeconds: null, sessionMinutes: 1 };
  const { it, page, writer, focus } = await opened({ timeLimit, leftMs: 2_000 }, 58_000);
  const fill = await fillable(page);
  await writer.start();
  writer.note('work-began', null);
  await focus(0);
  const shown = writer.now;
  await writer.pass(100);
  await page.keyboard.press('2');
  writer.event('answer', 0, 1, shown);
  await focus(1);
  await fill(true);
  await writer.pass(1_900);
  writer.note('time-up', null);
  await page.getByRole('heading', { name: 'The time is up' }).waitFor();
  await stopIn(page).waitFor();
  // The page goes on checking its clock meanwhile.
  await writer.pass(300);
  await fill(false);
  await writer.pass(100);
  await page.getByText('The time is up. You are done. Now save the result file.').waitFor();
  const { events, notes } = writer.diary;
  expect(await it.result()).toMatchObject({ timeUp: true, sittings: [{ events, notes }] });
});

test.skipIf(!hasBrowser)('a person who went to the review while an answer was stored stays there', async () => {
  const { it, page, writer, focus } = await opened({});
  const fill = await fillable(page);
  await writer.start();
  await focus(0);
  await fill(true);
  await page.keyboard.press('1');
  writer.event('answer', 0, 0, writer.now);
  await stopIn(page).waitFor();
  await page.getByRole('button', { name: 'Check answers' }).click();
  writer.note('review', null);
  await page.getByText('6 images have no answer.').waitFor();
  await fill(false);
  await writer.pass(400);
  await page.getByText('5 images have no answer.').waitFor();
  const { events, notes } = writer.diary;
  await expect.poll(async () => (await it.result()).sittings).toMatchObject([{ events, notes }]);
  await page.getByRole('heading', { name: 'Unanswered images' }).waitFor();
});
