import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost, violations } from '../harness.ts';
import { prepareSession, stored, storedEvents } from './sessions.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test.skipIf(!hasBrowser).for(['grid', 'single'] as const)(
  '%s: no image runs out of time while the PIN is asked for, and none is seen; afterwards it has the time that was left',
  async (mode) => {
    const timeLimit = { imageSeconds: 15, sessionMinutes: null };
    const plain = { practice: 0, repeats: 0, attention: 0, fixationMs: 0 };
    const session = await prepareSession({ ...plain, timeLimit, mode }, { pin: '4711' });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    const open = page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])');
    await button(page, 'Start').click();
    await open.waitFor();
    await button(page, 'Researcher').click();
    await page.getByLabel('PIN of the researcher').waitFor();
    const before = storedEvents(session).length;
    // Longer than an image's time, and than the host would let pass.
    await setTimeout(18_000);
    expect(storedEvents(session)).toHaveLength(before);
    await expect.poll(() => page.locator('.desk-image').filter({ visible: true }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await button(page, 'Back').click();
    await open.waitFor();
    await page.keyboard.press('2');
    await expect.poll(() => storedEvents(session).length).toBe(before + 1);
    expect(storedEvents(session).at(-1)).toMatchObject({ kind: 'answer', choice: 1, late: null });
    // The next one runs out as ever.
    await expect.poll(() => storedEvents(session).at(-1)?.kind).toBe('timeout');
    await host.stop();
    expect(stored(session).answers[before]).toBe(1);
  },
);
