import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { contentSecurityPolicy } from '../../../main/hosts/page/headers.ts';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn } from './stand-in.ts';

describe('app://workbench', () => {
  let program: BuiltProgram;
  let electron: ElectronStandIn;
  let places: string;

  beforeAll(async () => {
    places = mkdtempSync(join(tmpdir(), 'protocol-'));
    vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
    vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
    program = await buildProgram();
    writeFileSync(join(program.folder, 'secret.json'), '{"secret":true}');
    symlinkSync(join(program.folder, 'secret.json'), join(program.folder, 'renderer', 'link.json'));
    electron = program.startMain();
    await electron.becomeReady();
  });
  afterAll(async () => {
    electron.appEvents.emit('window-all-closed');
    await electron.exited;
    program.remove();
    rmSync(places, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  /** `Request` is a plain object here: the one of Node would normalize the URL before the program sees it. */
  const get = (url: string, method = 'GET') => electron.protocols.call('app', { url, method }) as Promise<Response>;

  test('serves the page with the policy', async () => {
    const response = await get('app://workbench/index.html');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Content-Security-Policy')).toBe(contentSecurityPolicy);
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(await response.text()).toBe(readFileSync(join(program.folder, 'renderer', 'index.html'), 'utf8'));
  });

  test('serves all that the page asks for', async () => {
    const page = await (await get('app://workbench/index.html')).text();
    const wanted = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(wanted.length).toBeGreaterThanOrEqual(2);
    for (const path of wanted) {
      const response = await get(new URL(path, 'http://workbench/index.html').href.replace('http:', 'app:'));
      expect([path, response.status]).toEqual([path, 200]);
    }
  });

  test('serves a page that its policy lets run: nothing inline, nothing from elsewhere', async () => {
    const page = await (await get('app://workbench/index.html')).text();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/);
    expect(contentSecurityPolicy.replace("style-src 'self' 'unsafe-inline'", '')).not.toMatch(/unsafe|\*|https?:/);
    expect(contentSecurityPolicy).toContain("default-src 'none'");
  });

  test.each([
    'app://workbench/../secret.json',
    'app://workbench/%2e%2e/secret.json',
    'app://workbench/%2e%2e%2fsecret.json',
    'app://workbench/..%2fsecret.json',
    'app://workbench/assets/..%2f..%2fsecret.json',
    'app://workbench/..%5csecret.json',
    'app://workbench/..%5c..%5csecret.json',
    'app://workbench/%252e%252e%252fsecret.json',
    'app://workbench/secret.json%00.html',
    'app://workbench/%e0%a4%a.json',
    'app://workbench//etc/passwd.json',
    'app://workbench/link.json',
    'app://workbench/assets',
    'app://workbench/assets/',
    'app://workbench/files/../secret.json',
    'app://workbench/files/image/../../secret.json',
    `app://workbench/files/image/${'0'.repeat(64)}.png`,
    'app://workbench/nothing.js',
    'app://elsewhere/index.html',
    'app://workbench:81/index.html',
    'app://user@workbench/index.html',
  ])('does not give out %s', async (url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/^Not found/);
  });

  test('takes GET only, but for files that the page hands over', async () => {
    expect((await get('app://workbench/index.html', 'POST')).status).toBe(405);
    const request = new Request('app://workbench/uploads?name=set.zip', { method: 'POST', body: 'bytes' });
    const handed = (await electron.protocols.call('app', request)) as Response;
    expect(await handed.json()).toEqual({ upload: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});
