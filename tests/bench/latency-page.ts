/** A process of its own for `latency.ts`: starts the study, and has a page of Chromium watch it, if there is one. */
import { existsSync } from 'node:fs';
import { createORPCClient } from '@orpc/client';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import type { WorkbenchClient } from '../../renderer/client/client.ts';
import { SocketLink } from '../../renderer/client/socket-link.ts';

const [, , address = '', study = ''] = process.argv;
const { origin, host } = new URL(address);
const entered = await fetch(address, { redirect: 'manual' });
const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
const open = (path: string) => {
  const socket = new WebSocket(path, { origin, headers: { Cookie: cookie } });
  // The host ends before this process does.
  socket.on('error', () => undefined);
  return socket as unknown as globalThis.WebSocket;
};
const client: WorkbenchClient = createORPCClient(new SocketLink(`ws://${host}/calls`, open));
await client.work.start({ study, goal: 'models' });

const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  await page.goto(address);
  await page.goto(`${origin}/#/studies/${study}/models`);
  process.on('SIGTERM', () => void browser.close().finally(() => process.exit()));
} else process.on('SIGTERM', () => process.exit());
process.send?.(executablePath ? 'a page of Chromium watches' : 'no Chromium: nobody watches');
