import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { UserError } from '../../contract/errors.ts';
import { maxUpload } from '../../services/tools/uploads.ts';
import type { CallHandlers } from '../calls/handlers.ts';
import { plain, respond } from '../page/respond.ts';
import type { PageParts } from '../page/respond.ts';
import { Access } from './access.ts';
import { CallSockets } from './call-sockets.ts';

export interface BrowserHostOptions {
  page: PageParts;
  calls: CallHandlers;
  /** 0: any free one. */
  port: number;
}

export interface BrowserHost {
  /** The address that grants a browser access; whoever knows it can use the workbench. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the page, its files and calls on the loopback address, to this user only. @throws UserError `browser.port` */
export async function openBrowserHost({ page, calls, port }: BrowserHostOptions): Promise<BrowserHost> {
  const access = new Access();
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000 }, (request, response) => {
    answer(request, response, access, page).catch((error: unknown) => {
      page.log(error);
      response.destroy();
    });
  });
  const sockets = new CallSockets(server, access, calls);
  await listen(server, port);
  const own = (server.address() as AddressInfo).port;
  access.setPort(own);
  return {
    address: access.address,
    port: own,
    async close() {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  page: PageParts,
): Promise<void> {
  const refusal = checkAccess(request, access);
  if (refusal) return send(response, refusal);
  // A Request cannot represent other methods.
  if (request.method !== 'GET' && request.method !== 'POST') return send(response, plain(405, 'Only GET'));
  if (Number(request.headers['content-length'] ?? 0) > maxUpload) return send(response, plain(413, 'Too large'));
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  await send(response, await respond(toRequest(request, controller.signal), page));
}

/** The refusal of a request without access; null: access is granted. */
function checkAccess(request: IncomingMessage, access: Access): Response | null {
  if (!access.isOwnHost(request)) return plain(403, 'This is not an address of the workbench');
  if (!URL.canParse(request.url ?? '/', `http://${request.headers.host}`))
    return plain(400, 'This is not a valid address');
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const token = url.searchParams.get('token');
  if (token !== null && request.method === 'GET' && url.pathname === '/') {
    if (!access.isToken(token))
      return plain(
        403,
        'This address belongs to an earlier start of the workbench. Open the address that it printed last.',
      );
    const answered = plain(303, 'Access granted');
    answered.headers.set('Location', '/');
    answered.headers.set('Set-Cookie', access.cookie);
    return answered;
  }
  if (!access.hasCookie(request)) return plain(403, 'Open the address that the workbench printed when it started.');
  if (request.method !== 'GET' && !access.isOwnOrigin(request))
    return plain(403, 'This request comes from another page');
  return null;
}

function toRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', headers } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(url, `http://${headers.host}`), {
    method,
    signal,
    ...(hasBody && { body: Readable.toWeb(request) as unknown as BodyInit, duplex: 'half' }),
  });
}

async function send(response: ServerResponse, answered: Response): Promise<void> {
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  if (!answered.body) return void response.end();
  const body = Readable.fromWeb(answered.body as unknown as NodeReadableStream<Uint8Array>);
  // The browser may disconnect at any time.
  await pipeline(body, response).catch(() => response.destroy());
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new UserError({
      code: 'browser.port',
      what: `The port ${port} cannot be used (${cause instanceof Error ? cause.message : String(cause)})`,
      where: '--port',
      remedy: 'Choose another port, or omit --port to use any free one.',
      cause,
    });
  }
}
