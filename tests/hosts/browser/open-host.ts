import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ClientOptions, WebSocket } from 'ws';
import { openBrowserHost } from '../../../main/hosts/browser/server.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { letIn, openSocket } from './let-in.ts';
import { handlersOf } from '../../calls.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Asking {
  method?: string;
  /** As it is sent: nothing is tidied. */
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** The browser host of a lab, with a small page, and what it takes to be let in. */
export interface OpenHost {
  test: TestLab;
  port: number;
  /** Folder of the page. */
  root: string;
  origin: string;
  /** An address that was not used yet. */
  newAddress(): string;
  /** An address for the browser that the host opens by itself. */
  openedAddress(): string;
  cookie: string;
  /** What only the page has. `ask` sends it with everything but GET, unless `headers` has an authorization. */
  secret: string;
  /** Ends the host and starts another one on its port and data folder. */
  restart(): Promise<void>;
  /** A request byte for byte as told; with the cookie unless `headers` has another one. */
  ask(asking?: Asking): Promise<Answer>;
  /** A socket for calls; with cookie, secret and origin unless told otherwise. */
  socket(options?: ClientOptions & { cookie?: string; secret?: string }): WebSocket;
}

export async function openHost(): Promise<OpenHost> {
  const test = openLab(join(temporaryFolder(), 'data'));
  const root = join(temporaryFolder(), 'page');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(root, '..', 'secret.json'), '{"secret":true}');
  const { lab, defects } = test;
  const log = (error: unknown): void => void defects.push(error);
  const serve = (port: number) => openBrowserHost({ page: { root, lab, log }, calls: handlersOf({ lab, log }), port });
  let host = await serve(0);
  onTestFinished(() => host.close());
  const origin = `http://127.0.0.1:${host.port}`;
  const keys = await letIn(host.newAddress());
  const { cookie, secret } = keys;
  return {
    test,
    port: host.port,
    root,
    origin,
    newAddress: () => host.newAddress(),
    openedAddress: () => host.inviteBrowser().address,
    cookie,
    secret,
    restart: async () => {
      const { port } = host;
      await host.close();
      host = await serve(port);
    },
    ask: (asking = {}) => {
      const own = { Cookie: cookie, ...(asking.method !== undefined && { Authorization: `Bearer ${secret}` }) };
      return ask(host.port, { ...asking, headers: { ...own, ...asking.headers } });
    },
    socket: ({ cookie: ownCookie = cookie, secret: ownSecret = secret, ...options } = {}) =>
      openSocket({ origin, cookie: ownCookie, secret: ownSecret }, options),
  };
}

function ask(port: number, { method = 'GET', path = '/', headers = {}, body }: Asking): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent: false, host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** How a socket that was not let in, or was thrown out, ended: the status of the answer, or the code of the close. */
export function endOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
  });
}
