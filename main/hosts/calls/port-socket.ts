import { onMessagePortClose, onMessagePortMessage } from '@orpc/client/message-port';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import { portAcknowledgement } from '../../contract/wire/bridge.ts';
import type { CallSocket } from './call-socket.ts';

/** Largest number of messages that the page has not acknowledged yet. */
const maxUnacknowledged = 64;

/** Largest message of a page in UTF-16 units; files are uploaded separately. */
const maxMessage = 4 * 2 ** 20;

/**
 * A message port as a socket for calls. A port accepts any number of messages, however slow the page is. Pages therefore
 * acknowledge each message, and `send` resolves when few enough are unacknowledged. What a page sends cannot be kept from
 * arriving.
 */
export function portSocket(port: SupportedMessagePort & { close?(): void }): { socket: CallSocket; close(): void } {
  let unacknowledged = 0;
  let closed = false;
  let waiting: (() => void)[] = [];
  const wakeSenders = (): void => {
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };
  const onClose: (() => void)[] = [];
  const end = (): void => {
    if (closed) return;
    closed = true;
    wakeSenders();
    for (const listener of onClose) listener();
  };
  const close = (): void => {
    port.close?.();
    end();
  };
  onMessagePortClose(port, end);

  const socket: CallSocket = {
    async send(data) {
      while (!closed && unacknowledged >= maxUnacknowledged)
        await new Promise<void>((resolve) => waiting.push(resolve));
      if (closed) return;
      unacknowledged += 1;
      port.postMessage(data);
    },
    onMessage: (listener) =>
      onMessagePortMessage(port, (data: unknown) => {
        if (data === portAcknowledgement) {
          unacknowledged = Math.max(0, unacknowledged - 1);
          wakeSenders();
        } else listener(typeof data === 'string' && data.length <= maxMessage ? data : null);
      }),
    onClose: (listener) => onClose.push(listener),
    pause: () => undefined,
    resume: () => undefined,
    refuse: close,
  };
  return { socket, close };
}
