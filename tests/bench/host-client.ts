import { createORPCClient } from '@orpc/client';
import { WebSocket } from 'ws';
import type { WorkbenchClient } from '../../renderer/client/client.ts';
import { SocketLink } from '../../renderer/client/socket-link.ts';

/** The calls of a browser host, by the address that it printed: let in as a browser is. */
export async function createClient(address: string): Promise<WorkbenchClient> {
  const { origin, host } = new URL(address);
  const entered = await fetch(address, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const open = (path: string) => {
    const socket = new WebSocket(path, { origin, headers: { Cookie: cookie } });
    // The host may end before this process does.
    socket.on('error', () => undefined);
    return socket as unknown as globalThis.WebSocket;
  };
  return createORPCClient(new SocketLink(`ws://${host}/calls`, open));
}
