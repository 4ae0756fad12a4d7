import type { Server as HttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import { listening } from './connections.ts';

/** Connections there: windows of their own are few. */
const maxConnections = 64;

/** What it means that this machine has no such address: then no program can answer there. */
const hasNone = /^E(ADDRNOTAVAIL|AFNOSUPPORT)$/;

export interface WindowsHost {
  /** Why windows of their own cannot be opened; null: they can. */
  readonly refusal: UserError | null;
  close(): void;
}

/**
 * Windows of their own open under the name `localhost`, which is two addresses: browsers try the one of IPv6 as well. It
 * leads to the same server, so that no other program answers there and is taken for it.
 */
export async function openWindowsHost(server: HttpServer, port: number): Promise<WindowsHost> {
  const second = createServer((socket: Socket) => server.emit('connection', socket));
  second.maxConnections = maxConnections;
  try {
    await listening(second, '::1', port);
    return { refusal: null, close: () => second.close() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { refusal: hasNone.test(code) ? null : taken(port, error), close: () => undefined };
  }
}

const taken = (port: number, cause: unknown): UserError =>
  new UserError(
    'browser.window',
    `A window of its own cannot be opened: another program has port ${port} of this machine’s IPv6 address (${messageOf(cause)})`,
    'this computer',
    'Hand this browser over instead, or start the workbench with another --port.',
    { cause },
  );
