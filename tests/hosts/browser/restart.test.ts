import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openBrowserHost } from '../../../main/hosts/browser/server.ts';
import { handlersOf } from '../../calls.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openHost } from './open-host.ts';

test('a host listens where the last one of its data folder did, or elsewhere if another program does', async () => {
  const { lab } = openLab(join(temporaryFolder(), 'data'));
  const log = (error: unknown): void => expect.unreachable(String(error));
  const serve = () =>
    openBrowserHost({ page: { root: temporaryFolder(), lab, log }, calls: handlersOf({ lab, log }), port: 0 });
  const first = await serve();
  await first.close();
  const second = await serve();
  expect(second.port).toBe(first.port);
  await second.close();
  const other = createServer().listen(first.port, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const third = await serve();
  expect(third.port).not.toBe(first.port);
  await third.close();
  const fourth = await serve();
  expect(fourth.port).toBe(third.port);
  await fourth.close();
});

test('a tab without access gets a page that says what to do, and nothing else of the program', async () => {
  const host = await openHost();
  for (const path of ['/', '/index.html', '/?token=AAAA']) {
    const { status, headers, body } = await host.ask({ path, headers: { Cookie: '' } });
    expect([status, headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(body).toContain('<h1>This browser has no access to the workbench</h1>');
    expect(body).toContain('Press Enter in the terminal of the workbench');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['set-cookie']).toBeUndefined();
  }
  const asset = await host.ask({ path: '/assets/page.js', headers: { Cookie: '' } });
  expect([asset.status, asset.headers['content-type']]).toEqual([403, 'text/plain; charset=utf-8']);
});

test('the entrance goes where the browser was, within the page only', async () => {
  const host = await openHost();
  const { search } = new URL(host.newAddress());
  const { body } = await host.ask({ path: `/enter.js${search}`, headers: { Cookie: '' } });
  const went = (place: string | null): string => {
    let to = '';
    const localStorage = { setItem: () => undefined, getItem: () => place };
    // What the host sends runs with stand-ins for the two objects that it uses.
    new Function('localStorage', 'location', body)(localStorage, { replace: (address: string) => (to = address) });
    return to;
  };
  expect(went('#/studies/quick/models?run=3')).toBe('/#/studies/quick/models?run=3');
  expect([null, '', '/example.com', '//example.com', 'javascript:alert(1)'].map(went)).toEqual(Array(5).fill('/'));
});

test.skipIf(!hasBrowser)('after a restart a tab says what to do, and the new address opens where it was', async () => {
  const before = await startHost();
  const page = await openPage(before, { route: '/machine' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await before.stop();
  const after = await startHost({ dataFolder: before.dataFolder });
  await page.reload();
  await page.getByRole('heading', { name: 'This browser has no access to the workbench' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'outside');
  const old = await page.context().newPage();
  await old.goto(await after.newAddress());
  await old.waitForURL(/#\/machine$/);
  await old.getByRole('heading', { level: 1 }).waitFor();
});
