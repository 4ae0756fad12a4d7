import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { openStorage } from '../../../../main/storage/open.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../../renderer/harness.ts';
import { route } from '../screen/prepare.ts';
import { leftDesk, focused, prepareSession, type Prepared } from './sessions.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

function kept({ dataFolder, id }: Prepared): { sittings: number; notes: string[]; state: string | undefined } {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    return {
      sittings: sessionTables(storage).log.sittings(id).length,
      notes: sessionTables(storage)
        .log.notes(id)
        .map(({ kind }) => kind),
      state: storage.labeling.sessions.get(id)?.state,
    };
  } finally {
    storage.close();
  }
}

test.skipIf(!hasBrowser)(
  'a browser that is handed over keeps its session: Back and other addresses lead to it again, until the PIN was given',
  async () => {
    const session = await prepareSession({ practice: 0 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `${route}?part=sessions` });
    await page.getByLabel('PIN for leaving a session').fill('4711');
    await page.keyboard.press('Enter');
    await page.getByText('A PIN is set.', { exact: false }).waitFor();
    await page.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Hand over this browser' }).click();
    await page.getByText('Every tab of the workbench', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'labeling-hand-over');
    await page.getByRole('button', { name: 'Hand over', exact: true }).click();
    await page.getByText(/^Your name in this study: P-/).waitFor();
    expect(await page.title()).toBe('Labeling');
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'desk-instructions');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.keyboard.press('1');
    await expect.poll(() => focused(page)).toBe(1);
    await page.evaluate(() => window.history.back());
    await page.waitForURL(`**/#/desk/${session.token}`);
    await expect.poll(() => focused(page)).toBe(1);
    await page.evaluate(() => {
      window.location.hash = '#/studies';
    });
    await page.waitForURL(`**/#/desk/${session.token}`);
    await expect.poll(() => focused(page)).toBe(1);
    // A note that is under way when a page is loaded anew is lost.
    const triedToLeave = (): number => kept(session).notes.filter((kind) => kind === 'tried-to-leave').length;
    await expect.poll(triedToLeave).toBeGreaterThanOrEqual(2);
    await page.goto(`${new URL(host.address).origin}/#/machine`);
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/desk/${session.token}`);
    await page.getByRole('button', { name: 'Researcher' }).click();
    await page.getByLabel('PIN of the researcher').fill('4711');
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL(leftDesk);
    await page.getByRole('button', { name: 'Researcher' }).waitFor({ state: 'detached' });
    await host.stop();
    const { notes } = kept(session);
    expect(notes.filter((kind) => kind === 'tried-to-leave').length).toBeGreaterThanOrEqual(2);
    expect(notes).toContain('left');
  },
);

test.skipIf(!hasBrowser)('nothing is stored before consent, and who declines leaves nothing behind', async () => {
  const session = await prepareSession({ practice: 0, consent: 'May we keep your answers?' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  await page.getByRole('heading', { name: 'Before you begin' }).waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await page.getByRole('button', { name: 'I do not want to take part' }).click();
  await page.getByText('Nothing was saved.').waitFor();
  // The researcher goes back to the studies: without a PIN after a second press.
  await page.getByRole('button', { name: 'Researcher' }).click();
  await page.getByText('leave this session?', { exact: false }).waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'desk-leave-without-pin');
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(leftDesk);
  // Loaded whole, so that the host's end meets no call on its way.
  await page.getByRole('navigation').first().waitFor();
  await page.close();
  await host.stop();
  expect(kept(session)).toEqual({ sittings: 0, notes: [], state: 'declined' });
});

test.skipIf(!hasBrowser)('two windows with one session say so, to the volunteer and on the board', async () => {
  const session = await prepareSession({ practice: 0 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  const alert = (on: Page) => on.getByRole('alert').filter({ hasText: 'open in another window' });
  await expect.poll(() => alert(page).count()).toBe(0);
  const second = await page.context().newPage();
  await second.goto(page.url());
  await alert(second).waitFor();
  await alert(page).waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'desk-two-windows');
  await second.close();
  await alert(page).waitFor({ state: 'detached' });
  const board = await openPage(host, { route: `${route}?part=sessions` });
  await board.getByRole('columnheader', { name: 'Second windows' }).waitFor();
  await host.stop();
  expect(kept(session).notes).toContain('second-window');
});

test.skipIf(!hasBrowser)('a session that is gone holds nobody', async () => {
  const session = await prepareSession({ practice: 0 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: '/desk/AAAAAAAAAAAAAAAAAAAAAA' });
  await page.getByRole('button', { name: 'Back to the workbench' }).click();
  await page.waitForURL(leftDesk);
});

test.skipIf(!hasBrowser)('a session that was removed meanwhile is left by the PIN', async () => {
  const session = await prepareSession({ practice: 0 }, { pin: '4711' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}` });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  const storage = openStorage(session.dataFolder, { beside: true });
  deskTables(storage).log.deleteSittings(session.id);
  deskTables(storage).sessions.remove(session.id);
  storage.close();
  await page.reload();
  await page.getByRole('heading', { name: 'Please call the researcher' }).waitFor();
  expect(await page.getByRole('button', { name: 'Back to the workbench' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Researcher' }).click();
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.getByText('This PIN is wrong.').waitFor();
  await page.getByLabel('PIN of the researcher').fill('4711');
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(leftDesk);
});
