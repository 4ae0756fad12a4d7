import { createORPCClient } from '@orpc/client';
import type { ClientContext, ClientLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { WorkbenchContract } from '../../main/contract/api/index.ts';
import { openPortLink } from './port-link.ts';
import { SocketLink } from './socket-link.ts';
import type { LinkState } from './socket-link.ts';

export type WorkbenchClient = ContractRouterClient<WorkbenchContract>;

export interface Connection {
  readonly client: WorkbenchClient;
  readonly state: LinkState;
  onState(listener: (state: LinkState) => void): () => void;
}

/** The way to the program: a message port in its own window, a web socket in a browser. */
export function connect(window: Window): Connection {
  if (window.location.protocol === 'app:') {
    return { client: clientOf(openPortLink(window)), state: 'open', onState: () => () => undefined };
  }
  const link = new SocketLink(`${window.location.origin.replace(/^http/, 'ws')}/calls`);
  return {
    client: clientOf(link),
    get state() {
      return link.state;
    },
    onState: (listener) => link.onState(listener),
  };
}

const clientOf = (link: ClientLink<ClientContext>): WorkbenchClient => createORPCClient(link);
