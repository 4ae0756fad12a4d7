import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { WebSocket } from 'ws';
import type { RemoteCalls } from '../../calls.ts';
import { repository } from '../../architecture/tools.ts';
import { letIn, openSocket } from '../../hosts/browser/let-in.ts';

/** The real browser host in a process of its own, called through its real socket. The page itself is not needed. */
export interface CalledHost {
  readonly process: ChildProcess;
  readonly client: RemoteCalls;
  errors(): string;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  close(): void;
}

/** @param environment variables on top of these: wasm as engine */
export async function callHost(dataFolder: string, environment: NodeJS.ProcessEnv = {}): Promise<CalledHost> {
  const entry = join(repository, 'main', 'hosts', 'browser', 'index.ts');
  const child = spawn(process.execPath, [entry, '--no-open', '--data', dataFolder], {
    env: { ...process.env, BOUNDARY_ENGINE: 'wasm', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const address = await Promise.race([
    new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const found = /http:\/\/\S+/.exec(text)?.[0];
        if (found) resolve(found);
      });
    }),
    ended.then(() => Promise.reject(new Error(`the host ended: ${errors}`))),
  ]);
  const socket = await enter(address);
  const client: CalledHost['client'] = createORPCClient(
    new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
  );
  return { process: child, client, errors: () => errors, ended, close: () => socket.terminate() };
}

/** Comes in as a browser does: the address for keys, the keys for a socket. */
async function enter(address: string): Promise<WebSocket> {
  const socket = openSocket(await letIn(address));
  // A host that is killed ends its sockets.
  socket.on('error', () => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('close', () => reject(new Error('the host did not let us in')));
  });
  return socket;
}
