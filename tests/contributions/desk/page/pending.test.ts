import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost, violations } from '../../../renderer/harness.ts';
import { focused, prepareSession, refuseRows, stopIn, stored, storedEvents } from './sessions.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test.skipIf(!hasBrowser)(
  'an answer that is being taken back while somebody finishes is open, and they are told',
  async () => {
    const session = await prepareSession({ ...plain, perPerson: 2 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await button(page, 'Start').click();
    for (let trial = 0; trial < session.trials; trial++) {
      await expect.poll(() => storedEvents(session).length).toBe(trial);
      await page.getByRole('img', { name: `Image ${trial + 1}, no answer yet` }).waitFor();
      await page
        .locator('.desk-cell[aria-current="true"]')
        .getByLabel(`Image ${trial + 1},`)
        .waitFor();
      await page.keyboard.press('1');
    }
    await button(page, 'See the images again').click();
    await page.getByRole('img', { name: 'The large image' }).waitFor();
    const allow = refuseRows(session, 'labeling_event');
    await page.keyboard.press('Backspace');
    await stopIn(page).waitFor();
    await button(page, 'Check answers').press('Enter');
    await button(page, 'Finish').press('Enter');
    allow();
    await page.getByText('1 image has no answer.').waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(stored(session).state).toBe('active');
    await button(page, 'Finish without it').click();
    await button(page, 'Finish').click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await host.stop();
    expect(stored(session).answers).toEqual([null, ...new Array(session.trials - 1).fill(0)]);
  },
);

test.skipIf(!hasBrowser).for(['grid', 'single'] as const)(
  '%s: while an answer is being stored no other key counts, also after a look at the review',
  async (mode) => {
    const session = await prepareSession({ ...plain, mode });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    const open = page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])');
    await button(page, 'Start').click();
    await open.waitFor();
    const allow = refuseRows(session, 'labeling_event');
    await page.keyboard.press('1');
    await stopIn(page).waitFor();
    await button(page, 'Check answers').press('Enter');
    await button(page, 'Answer them').press('Enter');
    await open.waitFor();
    await page.keyboard.press('2');
    await page.keyboard.press('3');
    allow();
    await expect.poll(() => stopIn(page).count()).toBe(0);
    await expect.poll(() => storedEvents(session).length).toBe(1);
    // Whatever was queued behind it would have come by now.
    await setTimeout(1000);
    expect(storedEvents(session).map(({ trial, choice }) => [trial, choice])).toEqual([[0, 0]]);
    await page.keyboard.press('ArrowLeft');
    await open.waitFor();
    await page.keyboard.press('2');
    await expect.poll(() => storedEvents(session).length).toBe(2);
    await host.stop();
  },
);

test.skipIf(!hasBrowser)(
  'an image whose time ran out while another answer was being stored has run out of time',
  async () => {
    const timeLimit = { imageSeconds: 30, sessionMinutes: null };
    const session = await prepareSession({ ...plain, timeLimit });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
    await button(page, 'Start').click();
    await page.getByRole('img', { name: 'The large image' }).waitFor();
    const allow = refuseRows(session, 'labeling_event');
    await page.keyboard.press('1');
    await stopIn(page).waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => focused(page)).toBe(1);
    await page.clock.fastForward(30_000);
    allow();
    await page.getByRole('img', { name: 'Image 2, time is up' }).waitFor();
    await host.stop();
    expect(storedEvents(session).slice(0, 2)).toMatchObject([
      { trial: 0, kind: 'answer', choice: 0 },
      { trial: 1, kind: 'timeout' },
    ]);
  },
);
