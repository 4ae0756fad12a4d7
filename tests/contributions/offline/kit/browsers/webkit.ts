import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { endOf, keyActions, type OtherBrowser, present } from './other-browser.ts';

const driver = present(['/usr/bin/WebKitWebDriver']);
const virtualScreen = present(['/usr/bin/xvfb-run']);
const miniBrowser = present(
  ['x86_64', 'aarch64'].flatMap((machine) =>
    ['webkitgtk-6.0', 'webkit2gtk-4.1'].map((version) => `/usr/lib/${machine}-linux-gnu/${version}/MiniBrowser`),
  ),
);

/** False where it is not installed: the test then says that it is skipped. */
export const hasWebKit = driver !== undefined && virtualScreen !== undefined && miniBrowser !== undefined;
if (!hasWebKit) {
  process.stderr.write('No WebKit: kits are not tried in it. Debian: apt install webkit2gtk-driver xvfb xauth\n');
}

const answerSchema = z.object({ value: z.unknown() });
const sessionSchema = z.object({
  sessionId: z.string(),
  capabilities: z.object({ browserName: z.string(), browserVersion: z.string() }),
});

/**
 * WebKitGTK's own browser on a screen of its own, through WebDriver (https://www.w3.org/TR/webdriver2/).
 * @param profile a folder for its settings; what pages store is gone when it is closed
 * @param downloads where it saves files
 */
export async function openWebKit(profile: string, downloads: string): Promise<OtherBrowser> {
  writeFileSync(join(profile, 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const port = await freePort();
  const child = spawn(virtualScreen ?? '', ['--auto-servernum', driver ?? '', `--port=${port}`], {
    env: { ...process.env, XDG_CONFIG_HOME: profile },
    stdio: 'ignore',
    detached: true,
  });
  const ended = endOf(child);
  onTestFinished(async () => {
    // The screen, the driver and the browser are one group.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  });
  const send = sender(`http://127.0.0.1:${port}`);
  await started(send);
  const options = { binary: miniBrowser, args: ['--automation'] };
  const alwaysMatch = { 'webkitgtk:browserOptions': options };
  const { sessionId, capabilities } = sessionSchema.parse(
    await send('POST', '/session', { capabilities: { alwaysMatch } }),
  );
  const page = `/session/${sessionId}`;
  return {
    version: `${capabilities.browserName} ${capabilities.browserVersion}`,
    open: async (url) => void (await send('POST', `${page}/url`, { url })),
    evaluate: (code) => send('POST', `${page}/execute/sync`, { script: `return ${code}`, args: [] }),
    press: async (key) => void (await send('POST', `${page}/actions`, { actions: keyActions(key) })),
    screenshot: async () => Buffer.from(z.string().parse(await send('GET', `${page}/screenshot`)), 'base64'),
    close: async () => {
      await send('DELETE', page);
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

type Send = (method: string, path: string, body?: object) => Promise<unknown>;

function sender(origin: string): Send {
  return async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(origin + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const { value } = answerSchema.parse(await answer.json());
    if (!answer.ok) throw new Error(`WebKit refused ${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
}

/** Waits until the driver answers. */
async function started(send: Send): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await send('GET', '/status'));
    } catch (error) {
      if (attempt === 100) throw error;
      await wait(200);
    }
  }
}
