import type { SupportedMessagePort } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/ws';
import type { ApiContext, Desk } from '../../services/api/base.ts';
import { router } from '../../services/api/router.ts';
import type { CallSocket } from './call-socket.ts';
import { portSocket } from './port-socket.ts';

export interface CallHandlers {
  /**
   * Answers calls from a message port (Electron). Returns a function that closes it.
   * @param desk of a page that is limited to a labeling session
   */
  port(port: SupportedMessagePort & { close?(): void }, desk: Desk | null): () => void;
  /** Answers calls from a web socket. */
  socket(socket: CallSocket, desk: Desk | null): void;
}

/** Answers calls with one router and one context, whatever their transport. */
export function callHandlers({ lab, log }: Omit<ApiContext, 'page'>): CallHandlers {
  const handler = new RPCHandler<ApiContext>(router);
  const socket = (opened: CallSocket, desk: Desk | null): void => {
    const closed = new AbortController();
    opened.addEventListener('close', () => closed.abort());
    void handler.upgrade(opened, { context: { lab, log, page: { desk, closed: closed.signal } } });
  };
  const port: CallHandlers['port'] = (opened, desk) => {
    const own = portSocket(opened);
    socket(own.socket, desk);
    return own.close;
  };
  return { socket, port };
}
