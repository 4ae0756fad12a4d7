import { createORPCClient } from '@orpc/client';
import { SocketLink } from '../../renderer/client/socket-link.ts';
import type { RemoteCalls } from '../calls.ts';
import { type Keys, openSocket } from '../hosts/browser/let-in.ts';

/** The calls of a browser host, with the keys that it gave for an address. */
export function createClient(keys: Keys): RemoteCalls {
  const open = () => {
    const socket = openSocket(keys);
    // The host may end before this process does.
    socket.on('error', () => undefined);
    return socket as unknown as globalThis.WebSocket;
  };
  return createORPCClient(new SocketLink('', open));
}
