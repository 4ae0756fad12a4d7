import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import type { Lab } from '../../services/lab/lab.ts';
import { keptPlace } from '../../services/workbench/place.ts';
import { maxUpload } from '../../services/tools/uploads.ts';
import type { CallHandlers } from '../calls/handlers.ts';
import { plain, respond } from '../page/respond.ts';
import type { PageParts } from '../page/respond.ts';
import { Access, type Grant, type Invitation, openingTime } from './access.ts';
import { CallSockets } from './call-sockets.ts';
import { limitConnections, listening } from './connections.ts';
import { accessPaths, type AccessTools, changeAccess, limitMemory, Releases } from './limited-access.ts';
import { enter, type Entrance, howToEnter, outside } from './entrance.ts';
import { openWindowsHost, type WindowsHost } from './windows-host.ts';

/** Milliseconds for which a printed address works: what was printed may be kept, e.g. in a log. */
const printedTime = 15 * 60_000;

/** Milliseconds. Uploads may take any time. Connections that miss their time are closed at the next check. */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
};

/** Browsers open another connection after these; a program cannot queue any number of requests on one. */
const maxRequestsPerSocket = 1_000;

/** Connections that sent a request without access: it is answered, and what was sent after it is not. */
const refused = new WeakSet<Socket>();

export interface BrowserHostOptions {
  page: PageParts & { readonly lab: Pick<Lab, 'workbench'> };
  calls: CallHandlers;
  /** 0: any free one. */
  port: number;
}

export interface BrowserHost {
  readonly port: number;
  /** A new address for the terminal, which grants one browser access. An earlier one no longer works. */
  newAddress(): string;
  /** A new address to open in the browser of this machine at once. */
  inviteBrowser(): Invitation;
  close(): Promise<void>;
}

/** Serves the page, its files and calls on the loopback address, to this user only. @throws UserError `browser.port` */
export async function openBrowserHost({ page, calls, port }: BrowserHostOptions): Promise<BrowserHost> {
  const access = new Access(limitMemory(page.lab, page.log));
  const releases = new Releases();
  let windows: WindowsHost | undefined;
  const noWindows = (): UserError | null => windows?.refusal ?? null;
  const isOpen = (grant: Grant): boolean => sockets.isOpen(grant);
  const server = createServer(timeouts, (request, response) => {
    if (refused.has(request.socket)) return;
    answer(request, response, { access, releases, page, noWindows, isOpen }).catch((error: unknown) => {
      page.log(error);
      response.destroy();
    });
  });
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  limitConnections(server);
  const sockets = new CallSockets(server, { access, releases, calls });
  await listen(server, port);
  const own = (server.address() as AddressInfo).port;
  access.setPort(own);
  windows = await openWindowsHost(server, own);
  return {
    port: own,
    newAddress: () => access.invite('printed', printedTime).address,
    inviteBrowser: () => access.invite('opened', openingTime),
    async close() {
      sockets.close();
      windows?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface AnswerTools extends Omit<AccessTools, 'lab'>, Pick<Entrance, 'isOpen'>, Pick<BrowserHostOptions, 'page'> {}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { page, isOpen, ...tools }: AnswerTools,
): Promise<void> {
  const { access } = tools;
  const grant = checkAccess(request, access, page.lab, isOpen);
  if (grant instanceof Response) {
    if (access.grantOf(request) === null) {
      refused.add(request.socket);
      response.setHeader('Connection', 'close');
    }
    return send(response, grant);
  }
  if (!mayBeDocument(request))
    return send(response, plain(403, 'This file is part of the page, and is not opened alone'));
  // A Request cannot represent other methods.
  if (request.method !== 'GET' && request.method !== 'POST') return send(response, plain(405, 'Only GET'));
  if (Number(request.headers['content-length'] ?? 0) > maxUpload) return send(response, plain(413, 'Too large'));
  if (request.method === 'POST' && accessPaths.has(request.url ?? '')) {
    return send(response, await changeAccess(request, grant, { ...tools, lab: page.lab }));
  }
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  await send(response, await respond(toRequest(request, controller.signal), page, grant.page !== null));
}

/** Whether a request asks for the page itself, as a tab does that is opened or loaded again. */
const isPage = ({ url = '/' }: IncomingMessage): boolean => /^\/(index\.html)?([?#]|$)/.test(url);

/**
 * Whether a request may become a document of its own. A tab that shows another file of the page has its origin, but not
 * its program, which leads to the page that it is limited to and reads nothing of other tabs. Downloads have no origin.
 */
function mayBeDocument(request: IncomingMessage): boolean {
  const { headers, url = '/' } = request;
  const isDocument = /^(document|i?frame|embed|object)$/.test(String(headers['sec-fetch-dest'] ?? ''));
  return !isDocument || isPage(request) || url.startsWith('/files/');
}

/** The grant of a request that has access; otherwise the answer to it, which may let a browser in. */
function checkAccess(
  request: IncomingMessage,
  access: Access,
  lab: BrowserHostOptions['page']['lab'],
  isOpen: Entrance['isOpen'],
): Grant | Response {
  if (!access.isOwnHost(request)) return plain(403, 'This is not an address of the workbench');
  if (!URL.canParse(request.url ?? '/', `http://${request.headers.host}`))
    return plain(400, 'This is not a valid address');
  const grant = access.grantOf(request);
  const entered =
    request.method === 'GET'
      ? enter(addressOf(request), {
          access,
          grant,
          pages: lab.workbench.limitedPages,
          place: () => keptPlace(lab.workbench),
          isOpen,
        })
      : null;
  if (entered) return entered;
  if (!grant && request.method === 'GET' && isPage(request))
    return outside('The program was started again, or this browser was never let in.');
  if (!grant) return plain(403, howToEnter);
  if (request.method === 'GET') return grant;
  if (!access.isOwnOrigin(request)) return plain(403, 'This request comes from another page');
  return access.hasSecret(request, grant) ? grant : plain(403, `This page has no access. ${howToEnter}`);
}

const addressOf = ({ url = '/', headers }: IncomingMessage): URL => new URL(url, `http://${headers.host}`);

function toRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET' } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(addressOf(request), {
    method,
    signal,
    ...(hasBody && { body: Readable.toWeb(request) as unknown as BodyInit, duplex: 'half' }),
  });
}

async function send(response: ServerResponse, answered: Response): Promise<void> {
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  if (!answered.body) {
    response.end();
    return;
  }
  const body = Readable.fromWeb(answered.body as unknown as NodeReadableStream<Uint8Array>);
  // The browser may disconnect at any time.
  await pipeline(body, response).catch(() => response.destroy());
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await listening(server, '127.0.0.1', port);
  } catch (cause) {
    throw new UserError(
      'browser.port',
      `The port ${port} cannot be used (${messageOf(cause)})`,
      '--port',
      'Choose another port, or omit --port to use any free one.',
      { cause },
    );
  }
}
