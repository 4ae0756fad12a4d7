import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { portMessage, portAcknowledgement } from '../../main/contract/bridge.ts';

/** Calls over a message port, whose other end the preload script hands to the program. */
export function openPortLink(window: Window): ClientLink<ClientContext> {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(portMessage, window.location.origin, [port2]);
  port1.addEventListener('message', () => port1.postMessage(portAcknowledgement));
  port1.start();
  return new RPCLink({ port: port1 });
}
