import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost, violations } from '../../../renderer/harness.ts';
import { focused, prepareSession, stored, storedEvents } from './sessions.ts';

/** As long as an image's time, should the page begin to count it a moment after the clock jumped. */
const patient = { timeout: 60_000 };

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test.skipIf(!hasBrowser).for(['grid', 'single'] as const)(
  '%s: no image runs out of time while the PIN is asked for, and none is seen; afterwards it has the time that was left',
  async (mode) => {
    const timeLimit = { imageSeconds: 30, sessionMinutes: null };
    const plain = { practice: 0, repeats: 0, attention: 0, fixationMs: 0 };
    const session = await prepareSession({ ...plain, timeLimit, mode }, { pin: '4711' });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
    const open = page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])');
    await button(page, 'Start').click();
    await open.waitFor();
    await button(page, 'Researcher').click();
    await page.getByLabel('PIN of the researcher').waitFor();
    const before = storedEvents(session).length;
    // Longer than an image's time, and than the host would let pass.
    await page.clock.fastForward(40_000);
    await expect.poll(() => page.locator('.desk-image').filter({ visible: true }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(storedEvents(session)).toHaveLength(before);
    await button(page, 'Back').click();
    await open.waitFor();
    await page.keyboard.press('2');
    await expect.poll(() => storedEvents(session).length).toBe(before + 1);
    expect(storedEvents(session).at(-1)).toMatchObject({ kind: 'answer', choice: 1, late: null });
    // The next one runs out as ever.
    if (mode === 'grid') await expect.poll(() => focused(page)).toBe(before + 1);
    else await page.getByRole('img', { name: `Image ${before + 2}`, exact: true }).waitFor();
    await page.clock.fastForward(30_000);
    await expect.poll(() => storedEvents(session).at(-1)?.kind, patient).toBe('timeout');
    await host.stop();
    expect(stored(session).answers[before]).toBe(1);
  },
);
