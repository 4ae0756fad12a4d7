import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import type { ApiContext } from '../../services/api/base.ts';
import { router } from '../../services/api/router.ts';

/** The part of a `ws` socket that calls need. */
export type CallSocket = Parameters<SocketHandler<ApiContext>['upgrade']>[0];

export interface CallHandlers {
  /** Answers calls that come through a message port (Electron). */
  port(port: SupportedMessagePort): void;
  /** Answers calls that come through a web socket. */
  socket(socket: CallSocket): void;
}

/** What answers calls, whichever way they come: one router, one context. */
export function callHandlers(context: ApiContext): CallHandlers {
  const ports = new PortHandler<ApiContext>(router);
  const sockets = new SocketHandler<ApiContext>(router);
  return {
    port: (port) => ports.upgrade(port, { context }),
    socket: (socket) => void sockets.upgrade(socket, { context }),
  };
}
