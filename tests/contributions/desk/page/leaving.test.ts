import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../../renderer/harness.ts';
import { leftDesk, prepareSession, refuseRows, storedEvents } from './sessions.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** The middle of an answer's button, to be pressed by the mouse wherever it is and whatever lies over it. */
async function middleOf(page: Page, answer: string): Promise<[x: number, y: number]> {
  const box = await page.getByRole('group', { name: 'Answers' }).getByText(answer, { exact: true }).boundingBox();
  if (!box) throw new Error(`no answer ${answer}`);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

// The digits of the PIN are the keys of the answers.
test.skipIf(!hasBrowser).for(['grid', 'single'] as const)(
  '%s: the PIN is typed by real keys, and while it is asked for nothing is answered or taken back',
  async (mode) => {
    const session = await prepareSession({ ...plain, mode }, { pin: '1231' });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}`, hasTouch: true });
    const open = page.getByRole('group', { name: 'Answers' }).locator(':scope:not([disabled])');
    const image = (trial: number) => page.getByText(`Image ${trial + 1}`).or(page.getByLabel(`Image ${trial + 1}`));
    await button(page, 'Start').click();
    await open.waitFor();
    await page.keyboard.press('2');
    await expect.poll(() => storedEvents(session).length).toBe(1);
    await open.waitFor();
    const place = await middleOf(page, 'One');
    await button(page, 'Researcher').click();
    const field = page.getByLabel('PIN of the researcher', { exact: true });
    await field.click();
    await page.keyboard.type('1231');
    await expect.poll(() => field.inputValue()).toBe('1231');
    await page.keyboard.press('Backspace');
    await expect.poll(() => field.inputValue()).toBe('123');
    expect(await violations(page)).toEqual([]);
    await page.mouse.click(...place);
    await page.touchscreen.tap(...place);
    await page.mouse.click(640, 20);
    await page.keyboard.type('12');
    for (const key of ['Backspace', 'ArrowRight', 'End']) await page.keyboard.press(key);
    await field.click();
    await page.keyboard.type('1');
    await expect.poll(() => field.inputValue()).toBe('1231');
    // Whoever goes back instead answers again.
    await button(page, 'Back').click();
    await open.waitFor();
    await expect.poll(() => image(1).count()).toBeGreaterThan(0);
    await page.keyboard.press('3');
    await expect.poll(() => storedEvents(session).length).toBe(2);
    await button(page, 'Researcher').click();
    await page.keyboard.type('1231');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/studies\/[^/]+\/labeling\?part=sessions$/);
    await page.getByRole('heading', { name: 'Labeling', level: 1 }).waitFor();
    await host.stop();
    expect(storedEvents(session).map(({ kind, trial, choice }) => [kind, trial, choice])).toEqual([
      ['answer', 0, 1],
      ['answer', 1, 2],
    ]);
  },
);

test.skipIf(!hasBrowser).for(['4711', undefined])(
  'a session that cannot be opened can be left, with the PIN where there is one (%s)',
  async (pin) => {
    const session = await prepareSession(plain, pin === undefined ? {} : { pin });
    const host = await startHost({ dataFolder: session.dataFolder });
    const allow = refuseRows(session, 'labeling_sitting');
    const page = await openPage(host, { route: `/desk/${session.token}` });
    await page.getByRole('heading', { name: 'Please call the researcher' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Researcher').click();
    expect(await violations(page)).toEqual([]);
    if (pin !== undefined) {
      await button(page, 'Leave').click();
      await page.getByText('This PIN is wrong.').waitFor();
      await page.getByLabel('PIN of the researcher').click();
      await page.keyboard.type(pin);
    }
    await screenshot(page, 'desk-leave-unopened');
    await button(page, 'Leave').click();
    await page.waitForURL(leftDesk);
    // Whoever stays tries again instead.
    const other = await openPage(host, { route: `/desk/${session.token}` });
    await other.getByRole('heading', { name: 'Please call the researcher' }).waitFor();
    allow();
    await button(other, 'Try again').click();
    await button(other, 'Start').waitFor();
  },
);

test.skipIf(!hasBrowser)('a session that goes on loading can be left after some seconds, with the PIN', async () => {
  const session = await prepareSession(plain, { pin: '4711' });
  const host = await startHost({ dataFolder: session.dataFolder });
  const board = await openPage(host, { route: '/studies' });
  const page = await board.context().newPage();
  // Everything but the opening is answered.
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (!message.toString().includes('volunteer/open')) server.send(message);
    });
  });
  await page.goto(`${new URL(host.address).origin}/#/desk/${session.token}`);
  await page.getByText('One moment …').waitFor();
  await button(page, 'Researcher').click();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('PIN of the researcher').fill('4711');
  await button(page, 'Leave').click();
  await page.waitForURL(leftDesk);
});
