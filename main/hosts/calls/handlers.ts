import type { SupportedMessagePort } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/ws';
import type { ApiContext } from '../../services/api/base.ts';
import { router } from '../../services/api/router.ts';
import type { CallSocket } from './call-socket.ts';
import { portSocket } from './port-socket.ts';

export interface CallHandlers {
  /** Answers calls that come through a message port (Electron). */
  port(port: SupportedMessagePort & { close?(): void }): void;
  /** Answers calls that come through a web socket. */
  socket(socket: CallSocket): void;
}

/** What answers calls, whichever way they come: one router, one context. */
export function callHandlers(context: ApiContext): CallHandlers {
  const handler = new RPCHandler<ApiContext>(router);
  const socket = (each: CallSocket): void => void handler.upgrade(each, { context });
  return { socket, port: (port) => socket(portSocket(port)) };
}
