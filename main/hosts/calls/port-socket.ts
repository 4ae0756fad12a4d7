import { onMessagePortClose, onMessagePortMessage } from '@orpc/client/message-port';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import { portTaken } from '../../contract/bridge.ts';
import type { CallSocket } from './call-socket.ts';
import { isMessage } from './messages.ts';

/** Messages that may be on their way to a page that has not taken them yet. */
const maxUnderWay = 64;

/** Bytes (UTF-16 units) that one message of a page may have; files go another way. */
const maxMessage = 4 * 2 ** 20;

/**
 * A message port as a socket for calls. A port itself takes any number of messages, however slow the page is; so pages
 * say of each message that they have taken it, and `send` ends when few enough are under way. A port through which
 * anything else than a message comes is closed.
 */
export function portSocket(port: SupportedMessagePort & { close?(): void }): CallSocket {
  let underWay = 0;
  let closed = false;
  let waiting: (() => void)[] = [];
  const goOn = (): void => {
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };
  const end = (): void => {
    closed = true;
    goOn();
  };
  onMessagePortClose(port, end);

  const listen = (type: string, listener: (event: unknown) => void): void => {
    if (type === 'close') return onMessagePortClose(port, () => listener({}));
    if (type !== 'message') return;
    onMessagePortMessage(port, (data: unknown) => {
      if (data === portTaken) {
        underWay = Math.max(0, underWay - 1);
        goOn();
      } else if (isMessage(data) && data.length <= maxMessage) listener({ data });
      else {
        port.close?.();
        end();
      }
    });
  };
  const send = async (data: string | Uint8Array): Promise<void> => {
    while (!closed && underWay >= maxUnderWay) await new Promise<void>((resolve) => waiting.push(resolve));
    if (closed) return;
    underWay += 1;
    port.postMessage(data);
  };
  return { addEventListener: listen, send } as unknown as CallSocket;
}
