import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { accessKey, callProtocol } from '../../../../main/contract/wire/bridge.ts';
import { hasBrowser, openPage, screenshot, startHostProcess, violations } from '../../../renderer/harness.ts';
import { leftDesk, focused, prepareSession, stored } from './sessions.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };

/** What somebody at the page reaches with developer tools: the answer to one call over a socket of their own. */
const callFrom = (page: Page, path: string, input: object): Promise<string> =>
  page.evaluate(
    ([key, protocol, url, json]) =>
      new Promise<string>((resolve) => {
        const [secret = ''] = (localStorage.getItem(key) ?? '').split(' ');
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/calls`, [protocol, secret]);
        socket.onopen = () => socket.send(`{"i":"1","p":{"u":"/${url}","b":{"json":${json}}}}`);
        socket.onmessage = ({ data }) => resolve(String(data));
        socket.onerror = () => resolve('refused');
      }),
    [accessKey, callProtocol, path, JSON.stringify(input)] as const,
  );

const status = (page: Page, path: string, method = 'GET'): Promise<number> =>
  page.evaluate(async ([to, how]) => (await fetch(to, { method: how })).status, [path, method] as const);

const leave = async (page: Page, pin: string): Promise<void> => {
  await page.getByRole('button', { name: 'Researcher' }).click();
  await page.getByLabel('PIN of the researcher').fill(pin);
  await page.getByRole('button', { name: 'Leave' }).click();
};

const board = ['desk/board', { study: 'small' }] as const;

test.skipIf(!hasBrowser)('a volunteer with developer tools is not the researcher, until the PIN', async () => {
  const session = await prepareSession(plain, { pin: '4711' });
  const host = await startHostProcess({ dataFolder: session.dataFolder });
  const researcher = await openPage(host, { route: '/studies' });
  await researcher.getByRole('navigation').first().waitFor();
  expect(await callFrom(researcher, ...board)).toContain('"sessions"');
  const before = await researcher.evaluate((key) => localStorage.getItem(key), accessKey);
  const page = await researcher.context().newPage();
  await page.goto(`${new URL(host.address).origin}/#/desk/${session.token}`);
  await page.getByRole('button', { name: 'Start' }).waitFor();
  expect(await callFrom(page, ...board)).toContain('FORBIDDEN');
  expect(await callFrom(page, 'desk/setPin', { study: 'small', pin: null })).toContain('FORBIDDEN');
  expect(await status(page, '/uploads?name=a', 'POST')).toBe(403);
  expect(await status(page, '/files/a/b.csv')).toBe(403);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(before);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  // The researcher's own tab in this browser has no more, and is no second desk.
  await researcher.getByRole('heading', { name: 'A labeling session is open in another tab' }).waitFor();
  expect([await researcher.title(), new URL(researcher.url()).hash]).toEqual(['Labeling', `#/desk/${session.token}`]);
  expect(await violations(researcher)).toEqual([]);
  await screenshot(researcher, 'desk-elsewhere');
  expect(await callFrom(researcher, ...board)).toContain('FORBIDDEN');
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.reload();
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await leave(page, '4711');
  await page.waitForURL(leftDesk);
  await page.getByRole('navigation').first().waitFor();
  expect(await callFrom(page, ...board)).toContain('"sessions"');
  // The other tab leaves with it, and does not open the session again.
  await researcher.waitForURL(leftDesk);
  await researcher.getByRole('navigation').first().waitFor();
  expect(await callFrom(page, ...board)).toContain('"sessions"');
});

test.skipIf(!hasBrowser)('a desk goes on by itself when its host was killed and started again', async () => {
  const session = await prepareSession(plain, { pin: '4711' });
  const first = await startHostProcess({ dataFolder: session.dataFolder });
  const page = await openPage(first, { route: `/desk/${session.token}` });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.keyboard.press('1');
  await expect.poll(() => focused(page)).toBe(1);
  first.process.kill('SIGKILL');
  await first.stop();
  // Pressed while nobody answers: stored once the host is there again.
  await page.keyboard.press('2');
  const port = Number(new URL(first.address).port);
  await startHostProcess({ dataFolder: session.dataFolder, port });
  await expect.poll(() => focused(page)).toBe(2);
  await page.keyboard.press('3');
  await expect.poll(() => focused(page)).toBe(3);
  expect(stored(session).answers.slice(0, 4)).toEqual([0, 1, 2, null]);
  expect(await callFrom(page, ...board)).toContain('FORBIDDEN');
  await leave(page, '4711');
  await page.waitForURL(leftDesk);
  // The screen's code is fetched too, before the host ends.
  await page.getByRole('heading', { name: 'Labeling', level: 1 }).waitFor();
});

test.skipIf(!hasBrowser)('a printed address asks before it ends a session, whose last answers are stored', async () => {
  const session = await prepareSession(plain, { pin: '4711' });
  const first = await startHostProcess({ dataFolder: session.dataFolder });
  const page = await openPage(first, { route: `/desk/${session.token}` });
  const link = await cuttable(page);
  await page.reload();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.keyboard.press('1');
  await expect.poll(() => focused(page)).toBe(1);
  // The page does not come back by itself: its sockets fail until the session is ended.
  link.isCut = true;
  first.process.kill('SIGKILL');
  await first.stop();
  await page.keyboard.press('2');
  const host = await startHostProcess({ dataFolder: session.dataFolder, port: Number(new URL(first.address).port) });
  const entrance = await page.context().newPage();
  await entrance.goto(host.address);
  await entrance.getByRole('heading', { name: 'A labeling session is in progress in this browser' }).waitFor();
  expect(await violations(entrance)).toEqual([]);
  await screenshot(entrance, 'entrance-asks');
  await entrance.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(entrance)).toEqual([]);
  await screenshot(entrance, 'entrance-asks-dark');
  expect(stored(session).answers.slice(0, 2)).toEqual([0, null]);
  link.isCut = false;
  await entrance.getByRole('link', { name: 'End it and open the workbench' }).click();
  await entrance.getByRole('navigation').first().waitFor();
  await page.waitForURL(leftDesk);
  await page.getByRole('navigation').first().waitFor();
  expect(stored(session).answers.slice(0, 3)).toEqual([0, 1, null]);
});

/** From its next load on, the page opens no sockets while `isCut`. */
async function cuttable(page: Page): Promise<{ isCut: boolean }> {
  const link = { isCut: false };
  await page.routeWebSocket(/.*/, (socket) => void (link.isCut ? socket.close() : socket.connectToServer()));
  return link;
}

test.skipIf(!hasBrowser)('a page whose browser lost its secret says how to enter', async () => {
  const host = await startHostProcess();
  const page = await openPage(host);
  await page.getByRole('navigation').first().waitFor();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.getByText('Press Enter in the terminal').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'no-access');
});
