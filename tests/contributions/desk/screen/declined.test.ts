import { expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { makeSessions } from '../make-sessions.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../../renderer/harness.ts';
import { button, prepare, route } from './prepare.ts';

test.skipIf(!hasBrowser)('who declined can be let in again, by keyboard, and is asked again', async () => {
  const dataFolder = await prepare(async (it) => {
    const [session] = await makeSessions(it, 1, { consent: 'May we keep your answers?' });
    const page = { token: session?.token ?? '', sitting: randomUUID() };
    await it.client.desk.volunteer.consent({ ...page, agrees: false });
  });
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `${route}?part=sessions` });
  await page.getByRole('row', { name: /Declined/ }).waitFor();
  await button(page, /^Actions for/).press('Enter');
  const item = page.getByRole('menuitem', { name: 'Ask for consent again' });
  await item.waitFor();
  await expect.poll(() => page.getByRole('menuitem', { name: 'Remove' }).count()).toBe(0);
  await screenshot(page, 'labeling-declined');
  await item.press('Enter');
  await page.getByText(/^P-.* can be asked again$/).waitFor();
  await page.getByRole('row', { name: /Not started/ }).waitFor();
  await item.waitFor({ state: 'detached' });
  expect(await violations(page)).toEqual([]);
  await button(page, /^Start .* on this screen$/).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('With a PIN, only you can leave', { exact: false }).waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'labeling-start-here');
  await dialog.getByLabel('PIN for leaving a session').fill('4711');
  const opening = page.waitForEvent('popup');
  await button(page, 'Set PIN and start').click();
  const desk = await opening;
  await desk.getByText('May we keep your answers?').waitFor();
  expect(await desk.title()).toBe('Labeling');
});
