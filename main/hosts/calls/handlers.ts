import type { SupportedMessagePort } from '@orpc/client/message-port';
import { StandardRPCHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import { ServerPeer } from '@orpc/standard-server-peer';
import type { ApiContext, PageLimits } from '../../services/api/base.ts';
import type { WorkbenchRouter } from '../../services/api/router.ts';
import { CallQueue } from './call-queue.ts';
import type { CallSocket } from './call-socket.ts';
import { glance, isMessage } from './messages.ts';
import { portSocket } from './port-socket.ts';
import { detach } from '../../contract/wire/detach.ts';

export interface CallHandlers {
  /**
   * Answers calls from a message port (Electron). Returns a function that closes it.
   * @param limits null: the page may make every call
   */
  port(port: SupportedMessagePort & { close?(): void }, limits: PageLimits | null): () => void;
  /** Answers calls from a web socket. */
  socket(socket: CallSocket, limits: PageLimits | null): void;
}

/** Answers calls with one router, one context and one queue, whatever their transport. */
export function callHandlers(router: WorkbenchRouter, { lab, log }: Omit<ApiContext, 'page'>): CallHandlers {
  const handler = new StandardRPCHandler<ApiContext>(router, {});
  const queue = new CallQueue();
  const socket = (opened: CallSocket, limits: PageLimits | null): void => {
    const closed = new AbortController();
    const page = { limits, closed: closed.signal };
    const handle = createServerPeerHandleRequestFn(handler, { context: { lab, log, page } });
    const peer = new ServerPeer((message) => opened.send(message));
    const run = async (text: string, answered: () => void): Promise<void> => {
      if (!isMessage(text)) return refuse();
      try {
        await peer.message(text, async (request) => {
          const response = await handle(request);
          // A limited page makes no such call: whoever does is not what it was made for.
          if (response.status === forbidden) lane.losePrecedence();
          answered();
          return response;
        });
      } catch (error) {
        log(error);
      }
    };
    const lane = queue.open({
      isLimited: limits !== null,
      run,
      pause: () => opened.pause(),
      resume: () => opened.resume(),
      overflow: () => refuse(),
    });
    const refuse = (): void => {
      lane.close();
      opened.refuse();
    };
    opened.onMessage((text) => {
      if (text === null) return refuse();
      const seen = glance(text);
      if (!seen?.ends) lane.add(seen?.id ?? null, text);
      else if (lane.cancel(seen.id)) detach(run(text, () => undefined));
    });
    opened.onClose(() => {
      closed.abort();
      lane.close();
      peer.close();
    });
  };
  const port: CallHandlers['port'] = (opened, limits) => {
    const own = portSocket(opened);
    socket(own.socket, limits);
    return own.close;
  };
  return { socket, port };
}

/** The status of an answer to a call that a limited page may not make. */
const forbidden = 403;
