import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as AnyServer, Socket } from 'node:net';

/** Largest number of connections, web sockets included. Most systems allow a process 1,024 open files. */
const maxConnections = 256;
/** Largest number of connections without a request. Browsers open at most six for each host. */
const maxIdle = 64;

/**
 * Limits connections, so that programs that open many and send nothing leave room for those that do. When too many are
 * without a request, the one that has been so for the longest is closed: a browser sends its request at once.
 */
export function limitConnections(server: Server): void {
  server.maxConnections = maxConnections;
  /** The longest idle first. */
  const idle = new Set<Socket>();
  const rest = (socket: Socket): void => {
    if (socket.destroyed) return;
    idle.add(socket);
    const [longest] = idle;
    if (idle.size > maxIdle) longest?.destroy();
  };
  server.on('connection', (socket: Socket) => {
    socket.once('close', () => idle.delete(socket));
    rest(socket);
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => rest(socket));
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => idle.delete(socket));
}

/** Resolves once a server listens. Rejects where the address or its port cannot be had. */
export function listening(server: AnyServer, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port, exclusive: true }, resolve);
  return promise;
}
