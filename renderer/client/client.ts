import { type ClientContext, type ClientLink, createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { AnyRouter, RouterClient } from '@orpc/server';
import type { WorkbenchContract } from '../../main/contract/api/contract.ts';
import { callProtocol, portAcknowledgement, portMessage } from '../../main/contract/wire/bridge.ts';
import { ownAccess } from './access.ts';
import { type LinkState, SocketLink } from './socket-link.ts';

export type WorkbenchClient = ContractRouterClient<WorkbenchContract>;

/** The calls of a contribution, by its name and the type of its calls. */
export const callsOf = <Calls extends AnyRouter>(client: WorkbenchClient, name: string): RouterClient<Calls> =>
  Reflect.get(client, name) as RouterClient<Calls>;

export interface Connection {
  readonly client: WorkbenchClient;
  readonly state: LinkState;
  onState(listener: (state: LinkState) => void): () => void;
}

/** Connects to the program: by a message port in its own window, by a web socket in a browser. */
export function connect(window: Window): Connection {
  if (window.location.protocol === 'app:') {
    return { client: createClient(openPortLink(window)), state: 'open', onState: () => () => undefined };
  }
  const link = new SocketLink(
    `${window.location.origin.replace(/^http/, 'ws')}/calls`,
    (address) => new WebSocket(address, [callProtocol, ownAccess().secret]),
  );
  return {
    client: createClient(link),
    get state() {
      return link.state;
    },
    onState: (listener) => link.onState(listener),
  };
}

const createClient = (link: ClientLink<ClientContext>): WorkbenchClient => createORPCClient(link);

/** Calls over a message port; the preload script passes its other end to the program. */
export function openPortLink(window: Window): ClientLink<ClientContext> {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(portMessage, window.location.origin, [port2]);
  port1.addEventListener('message', () => port1.postMessage(portAcknowledgement));
  port1.start();
  return new RPCLink({ port: port1 });
}
