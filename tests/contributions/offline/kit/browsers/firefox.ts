import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { endOf, keyActions, type OtherBrowser, present } from './other-browser.ts';

const executable = present(['/usr/bin/firefox-esr', '/usr/bin/firefox']);

/** False where it is not installed: the test then says that it is skipped. */
export const hasFirefox = executable !== undefined;
if (!hasFirefox) process.stderr.write('No Firefox: kits are not tried in it. Debian: apt install firefox-esr\n');

const sessionSchema = z.object({ capabilities: z.object({ browserVersion: z.string() }) });
const pageSchema = z.object({ context: z.string() });
const resultSchema = z.object({ result: z.object({ value: z.string() }) });
const pictureSchema = z.object({ data: z.string() });
const messageSchema = z.object({ id: z.int().nullish(), error: z.string().optional(), result: z.unknown() });

/**
 * Firefox, through WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which it speaks by itself.
 * @param profile a folder; the same one again is the same profile
 * @param downloads where it saves files
 */
export async function openFirefox(profile: string, downloads: string): Promise<OtherBrowser> {
  writeFileSync(join(profile, 'user.js'), preferences(downloads));
  const words = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const child = spawn(executable ?? '', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = endOf(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const send = await connect(`${await printedAddress(child, ended)}/session`);
  const { capabilities } = sessionSchema.parse(await send('session.new', { capabilities: {} }));
  // A tab of its own, in front of what Firefox itself opens.
  const { context } = pageSchema.parse(await send('browsingContext.create', { type: 'tab' }));
  return {
    version: `Firefox ${capabilities.browserVersion}`,
    open: async (url) => void (await send('browsingContext.navigate', { context, url, wait: 'complete' })),
    evaluate: async (code) => {
      const expression = `Promise.resolve(${code}).then((value) => JSON.stringify(value ?? null))`;
      const said = await send('script.evaluate', { expression, target: { context }, awaitPromise: true });
      return JSON.parse(resultSchema.parse(said).result.value);
    },
    press: async (key) => void (await send('input.performActions', { context, actions: keyActions(key) })),
    screenshot: async () => {
      const { data } = pictureSchema.parse(await send('browsingContext.captureScreenshot', { context }));
      return Buffer.from(data, 'base64');
    },
    close: async () => {
      await send('browser.close', {});
      await ended;
    },
  };
}

function preferences(downloads: string): string {
  const wanted = {
    'browser.download.dir': downloads,
    'browser.download.folderList': 2,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
  };
  return Object.entries(wanted)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}

async function printedAddress({ stderr }: ChildProcess, ended: Promise<void>): Promise<string> {
  const printed = new Promise<string>((resolve) => {
    let text = '';
    stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const address = /BiDi listening on (ws:\/\/\S+)/.exec(text)?.[1];
      if (address) resolve(address);
    });
  });
  const gone = ended.then(() => Promise.reject(new Error('Firefox ended before it could be spoken to')));
  return Promise.race([printed, gone]);
}

type Send = (method: string, params: object) => Promise<unknown>;

async function connect(address: string): Promise<Send> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, (message: z.infer<typeof messageSchema>) => void>();
  socket.on('message', (data) => {
    const message = messageSchema.parse(JSON.parse(String(data)));
    waiting.get(message.id ?? -1)?.(message);
  });
  let last = 0;
  return async (method, params) => {
    const id = ++last;
    const answer = new Promise<z.infer<typeof messageSchema>>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { error, result } = await answer;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`Firefox refused ${method}: ${error}`);
    return result;
  };
}
