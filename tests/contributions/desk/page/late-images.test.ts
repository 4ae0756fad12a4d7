import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { answer, screen } from '../../../services/labeling/labeling-helper.ts';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { focused, prepareSession } from './sessions.ts';

test.skipIf(!hasBrowser)('an image that arrives after it was left is not drawn over the one in focus', async () => {
  const session = await prepareSession({ practice: 0, repeats: 0, attention: 0 }, { alphas: 20 });
  // Images come fifty at a time. The third page of the grid has the last two of the first fifty, and ten others.
  const it = openLab(session.dataFolder);
  const sitting = { token: session.token, sitting: randomUUID() };
  await it.client.desk.volunteer.open({ ...sitting, screen });
  const events = Array.from({ length: 48 }, (_, trial) => answer(trial, trial, 1));
  await it.client.desk.volunteer.addEvents({ ...sitting, events });
  await it.lab.close();
  const host = await startHost({ dataFolder: session.dataFolder });
  const board = await openPage(host, { route: '/studies' });
  const page = await board.context().newPage();
  const held: (() => void)[] = [];
  let isHolding = true;
  await page.routeWebSocket(/\/calls$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const text = message.toString();
      const isLate = text.includes('volunteer/images') && /"from":50\b/.test(text);
      if (isHolding && isLate) held.push(() => server.send(message));
      else server.send(message);
    });
  });
  await page.goto(`${new URL(host.address).origin}/#/desk/${session.token}`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(() => focused(page)).toBe(48);
  const drawn = (name: string): Promise<string> =>
    page
      .getByRole('img', { name, exact: true })
      .evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ''));
  const empty = await drawn('Image 51, no answer yet');
  for (const trial of [49, 50]) {
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => focused(page)).toBe(trial);
  }
  expect(await drawn('The large image')).toBe(empty);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => focused(page)).toBe(49);
  const own = await drawn('Image 50, no answer yet');
  expect(own).not.toBe(empty);
  await expect.poll(() => drawn('The large image')).toBe(own);
  isHolding = false;
  for (const send of held) send();
  await expect.poll(() => drawn('Image 51, no answer yet')).not.toBe(empty);
  expect(await drawn('The large image')).toBe(own);
  await host.stop();
});
