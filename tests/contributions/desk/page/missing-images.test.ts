import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost, violations } from '../../../renderer/harness.ts';
import { prepareSession, storedEvents } from './sessions.ts';

test.skipIf(!hasBrowser)('images that cannot be loaded call the researcher, and appear once they can be', async () => {
  const session = await prepareSession({ practice: 0, repeats: 0, attention: 0, mode: 'single' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const board = await openPage(host, { route: '/studies' });
  const page = await board.context().newPage();
  let isBroken = true;
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const text = message.toString();
      server.send(isBroken && text.includes('volunteer/images') ? text.replace('/images', '/no-images') : message);
    });
  });
  await page.goto(`${new URL(host.address).origin}/#/desk/${session.token}`);
  await page.getByRole('button', { name: 'Start' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'Please call the researcher. Your answers are safe.' });
  await alert.waitFor();
  expect(await violations(page)).toEqual([]);
  await page.locator('fieldset[aria-label="Answers"][disabled]').waitFor();
  isBroken = false;
  await alert.waitFor({ state: 'detached' });
  await page.locator('fieldset[aria-label="Answers"]:not([disabled])').waitFor();
  await page.keyboard.press('2');
  await expect.poll(() => storedEvents(session).length).toBe(1);
  await host.stop();
});
