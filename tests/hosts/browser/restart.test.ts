import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';
import { addSmallStudy, openLab } from '../../services/lab/lab-helper.ts';
import { openHost, type OpenHost } from './open-host.ts';

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

/** Where the script of the entrance leads a browser. */
async function entered({ ask, newAddress }: OpenHost): Promise<string> {
  const { body } = await ask({ path: `/enter.js${new URL(newAddress()).search}`, headers: { Cookie: '' } });
  return JSON.parse(/location\.replace\((.*)\);\n$/.exec(body)?.[1] ?? 'null');
}

test('the entrance leads where the page was last, if that is still there', async () => {
  const host = await openHost();
  const { client } = host.test;
  expect(await entered(host)).toBe('/');
  await client.app.keepPlace({ place: '#/machine' });
  expect(await entered(host)).toBe('/#/machine');
  const place = '#/studies/t%77o/models?run=3';
  await client.app.keepPlace({ place });
  expect(await entered(host)).toBe('/');
  const study = addSmallStudy(host.test, { name: 'two' });
  expect(await entered(host)).toBe(`/${place}`);
  await client.studies.setDeleted({ study, deleted: true });
  expect(await entered(host)).toBe('/');
  await client.app.keepPlace({ place: '#/studies/%E0%A4%A' });
  expect(await entered(host)).toBe('/');
  expect(host.test.defects).toEqual([]);
});

test.each([
  '',
  '/machine',
  '//example.com',
  '#machine',
  '#/a"b',
  "#/a'b",
  '#/</script>',
  '#/a b',
  '#/a\\b',
  `#/${'a'.repeat(2000)}`,
])('no place of the page is %j', async (place) => {
  const { client } = openLab();
  await expect(client.app.keepPlace({ place })).rejects.toThrow();
});

test.skipIf(!hasBrowser)('after a restart a tab says what to do, and the new address opens where it was', async () => {
  const before = await startHost();
  const page = await openPage(before, { route: '/machine?part=disk' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  const { port } = new URL(before.address);
  await expect.poll(() => keptIn(before.dataFolder)).toBe('#/machine?part=disk');
  await before.stop();
  const after = await startHost({ dataFolder: before.dataFolder, port: Number(port) });
  await page.reload();
  await page.getByRole('heading', { name: 'This browser has no access to the workbench' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'outside');
  await page.goto(await after.newAddress());
  await page.waitForURL(/#\/machine\?part=disk$/);
  await page.getByRole('heading', { level: 1 }).waitFor();
});

/** The place that a data folder keeps. */
function keptIn(dataFolder: string): unknown {
  const database = new Database(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  try {
    const row = database.prepare("SELECT value FROM setting WHERE name = 'page-place'").get();
    return row === undefined ? null : JSON.parse((row as { value: string }).value);
  } finally {
    database.close();
  }
}
