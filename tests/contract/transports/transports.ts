import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { vi } from 'vitest';
import type { WebSocket } from 'ws';
import { openBrowserHost } from '../../../main/hosts/browser/server.ts';
import type { ApiContext } from '../../../main/services/api/base.ts';
import { openPortLink, type WorkbenchClient } from '../../../renderer/client/client.ts';
import { SocketLink } from '../../../renderer/client/socket-link.ts';
import { type Keys, letIn, openSocket } from '../../hosts/browser/let-in.ts';
import type { CallHandlers } from '../../../main/hosts/calls/handlers.ts';
import { callsOf, handlersOf } from '../../calls.ts';

/** A page's connection to the program. */
export interface Connection {
  client: WorkbenchClient;
  /** The page takes nothing from the connection any more, as if it hung; `resume` has it go on. */
  stall(): void;
  resume(): void;
  /** The connection breaks: the page is gone. */
  drop(): Promise<void>;
}

export interface Transport {
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

const patience = { timeout: 30_000 };

/** Each way from a page to the program, with the page's own code at one end and the hosts' at the other. */
export const transports: Record<string, (context: ApiContext) => Promise<Transport>> = {
  'in process': (context) =>
    Promise.resolve({
      connect: () =>
        Promise.resolve({
          client: callsOf(context) as unknown as WorkbenchClient,
          stall: () => undefined,
          resume: () => undefined,
          drop: () => Promise.resolve(),
        }),
      close: () => Promise.resolve(),
    }),

  MessagePort: (context) => {
    const calls = handlersOf(context);
    return Promise.resolve({ connect: () => Promise.resolve(connectPort(calls)), close: () => Promise.resolve() });
  },

  WebSocket: async (context) => {
    const page = { root: import.meta.dirname, lab: context.lab, log: context.log };
    const host = await openBrowserHost({ page, calls: handlersOf(context), port: 0 });
    const keys = await letIn(host.newAddress());
    return { connect: () => connectSocket(keys), close: () => host.close() };
  },
};

/** The port that the page makes is handed over as the preload script does, without a window in between. */
function connectPort(calls: CallHandlers): Connection {
  const stalled: { data: unknown }[] = [];
  let isStalled = false;
  let page: MessagePort | undefined;
  const window = {
    location: { origin: 'app://workbench' },
    postMessage: (_message: string, _origin: string, [port]: [MessagePort]) => {
      page = port;
      calls.port(port, null);
      port.start();
    },
  };
  vi.stubGlobal('MessageChannel', heldChannel);

  /** Messages to the page wait while it hangs. */
  function heldChannel() {
    const { port1, port2 } = new MessageChannel();
    const add = port1.addEventListener.bind(port1);
    const listeners: ((event: { data: unknown }) => void)[] = [];
    add('message', (event) => {
      const message = event as unknown as { data: unknown };
      if (isStalled) stalled.push(message);
      else for (const listener of listeners) listener(message);
    });
    const held = {
      addEventListener: (type: string, listener: (event: { data: unknown }) => void) => {
        if (type === 'message') listeners.push(listener);
        else add(type, listener as never);
      },
      postMessage: port1.postMessage.bind(port1),
      start: port1.start.bind(port1),
      deliver: () => {
        for (const event of stalled.splice(0)) for (const listener of listeners) listener(event);
      },
    };
    deliver = held.deliver;
    return { port1: held, port2 };
  }
  let deliver = (): void => undefined;
  const client: WorkbenchClient = createORPCClient(openPortLink(window as unknown as Window));
  vi.unstubAllGlobals();
  return {
    client,
    stall: () => {
      isStalled = true;
    },
    resume: () => {
      isStalled = false;
      deliver();
    },
    drop: () => {
      page?.close();
      return Promise.resolve();
    },
  };
}

async function connectSocket(keys: Keys): Promise<Connection> {
  let socket: WebSocket | undefined;
  let isGone = false;
  const open = () => {
    // A page that is gone does not come back.
    if (isGone) return new EventTarget() as globalThis.WebSocket;
    socket = openSocket(keys);
    return socket as unknown as globalThis.WebSocket;
  };
  const link = new SocketLink('', open);
  await vi.waitFor(() => {
    if (link.state !== 'open') throw new Error('not open yet');
  }, patience);
  const opened = socket;
  if (!opened) throw new Error('no socket was opened');
  return {
    client: createORPCClient(link),
    stall: () => opened.pause(),
    resume: () => opened.resume(),
    drop: () => {
      isGone = true;
      opened.terminate();
      return Promise.resolve();
    },
  };
}
