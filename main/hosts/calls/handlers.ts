import type { SupportedMessagePort } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/ws';
import type { ApiContext } from '../../services/api/base.ts';
import { router } from '../../services/api/router.ts';
import type { CallSocket } from './call-socket.ts';
import { portSocket } from './port-socket.ts';

export interface CallHandlers {
  /** Answers calls from a message port (Electron). */
  port(port: SupportedMessagePort & { close?(): void }): void;
  /** Answers calls from a web socket. */
  socket(socket: CallSocket): void;
}

/** Answers calls with one router and one context, whatever their transport. */
export function callHandlers(context: ApiContext): CallHandlers {
  const handler = new RPCHandler<ApiContext>(router);
  const socket = (opened: CallSocket): void => void handler.upgrade(opened, { context });
  return { socket, port: (port) => socket(portSocket(port)) };
}
