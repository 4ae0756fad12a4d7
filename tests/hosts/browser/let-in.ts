import { once } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { BrowserContext } from 'playwright';
import { type ClientOptions, WebSocket } from 'ws';
import { callProtocol, accessKey } from '../../../main/contract/wire/bridge.ts';
import type { RemoteCalls } from '../../calls.ts';

/** What a browser gets for an address that the host printed. */
export interface Keys {
  origin: string;
  /** As it is sent: `name=value`. */
  cookie: string;
  secret: string;
}

/** Uses an address up as a browser does: the script of its page gives a cookie and a secret. */
export async function letIn(address: string): Promise<Keys> {
  const { origin, search } = new URL(address);
  const answer = await fetch(`${origin}/enter.js${search}`);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const secret = /setItem\("[^"]+", "([\w-]{43})[ "]/.exec(await answer.text())?.[1] ?? '';
  return { origin, cookie, secret };
}

/** A socket for calls, as the page opens it. */
export function openSocket({ origin, cookie, secret }: Keys, options: ClientOptions = {}): WebSocket {
  const headers = { ...(cookie && { Cookie: cookie }), ...options.headers };
  const address = `${origin.replace('http', 'ws')}/calls`;
  return new WebSocket(address, secret === '' ? [] : [callProtocol, secret], { origin, ...options, headers });
}

/** An open socket, and the calls through it. */
export async function connect(from: Keys): Promise<{ client: RemoteCalls; socket: WebSocket }> {
  const socket = openSocket(from);
  await once(socket, 'open');
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
  return { client: createORPCClient(link), socket };
}

/** Lets the pages of a browser in that has these keys already. */
export async function giveKeys(context: BrowserContext, { origin, cookie, secret }: Keys): Promise<void> {
  const [name = '', value = ''] = cookie.split('=', 2);
  await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Strict' }]);
  await context.addInitScript(([key = '', own = '']) => localStorage.setItem(key, own), [accessKey, secret]);
}
