import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { prepareSession, refuseRows, stopIn, stored, storedEvents } from './sessions.ts';

test.skipIf(!hasBrowser).for(['grid', 'single'] as const)(
  '%s: an answer that is still being stored keeps nobody from the review, and the end waits for it',
  async (mode) => {
    const session = await prepareSession({ mode, practice: 0, repeats: 0, attention: 0 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const open = page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])');
    const stop = stopIn(page);
    await button('Start').click();
    await open.waitFor();
    const allow = refuseRows(session, 'labeling_event');
    await page.keyboard.press('1');
    await stop.waitFor();
    await button('Check answers').press('Enter');
    await page.getByText(`${session.trials} images have no answer.`).waitFor();
    allow();
    await expect.poll(() => storedEvents(session).length).toBe(1);
    await page.getByText(`${session.trials - 1} images have no answer.`).waitFor();
    await button('Answer them').click();
    await open.waitFor();
    const allowAgain = refuseRows(session, 'labeling_event');
    await page.keyboard.press('2');
    await stop.waitFor();
    await button('Check answers').press('Enter');
    await button('Finish without them').press('Enter');
    await button('Finish').press('Enter');
    // Whoever has finished does not go back to answer what would then come too late.
    for (const name of ['Finish', 'Answer it', 'Answer them'])
      await expect.poll(() => button(name).and(page.locator(':enabled')).count()).toBe(0);
    await stop.waitFor();
    expect(stored(session).state).toBe('active');
    allowAgain();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await expect.poll(() => stop.count()).toBe(0);
    await host.stop();
    expect(stored(session)).toMatchObject({
      state: 'finished',
      answers: [0, 1, ...Array(session.trials - 2).fill(null)],
    });
  },
);
