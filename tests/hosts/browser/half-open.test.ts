import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openHost, type OpenHost } from './open-host.ts';

/** Half-open connections: those that send nothing, half a request, or an upgrade that they do not finish. */
async function crowd(host: OpenHost, count: number): Promise<{ closed: () => number }> {
  let closed = 0;
  const beginnings = ['', 'G', `GET / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nX-Slow: `, refusedUpgrade(host)];
  const sockets = Array.from({ length: count }, (_, k) => {
    const socket: Socket = connect({ host: '127.0.0.1', port: host.port, allowHalfOpen: true });
    // Whoever keeps its own side open gets the end of the other only.
    Promise.race(['end', 'close'].map((event) => once(socket, event))).then(
      () => closed++,
      () => closed++,
    );
    socket.on('error', () => undefined);
    socket.write(beginnings[k % beginnings.length] ?? '');
    return socket;
  });
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  // Read, so that the end is noticed.
  for (const socket of sockets) socket.resume();
  return { closed: () => closed };
}

const refusedUpgrade = ({ port }: OpenHost): string =>
  `GET /calls HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

test('a client goes on working while hundreds of half-open connections come', async () => {
  const host = await openHost();
  const client = host.socket();
  await once(client, 'open');
  const before = descriptors();
  for (let round = 0; round < 6; round++) {
    await crowd(host, 250);
    expect((await host.ask()).status).toBe(200);
    client.send('{"i":"1","p":{"u":"/jobs/list","b":{"json":{}}}}');
    await once(client, 'message');
    const another = host.socket();
    await once(another, 'open');
    another.terminate();
  }
  // Of 1,500, the host keeps some; the other ends are in this process too.
  if (before !== null) expect((descriptors() ?? 0) - before).toBeLessThan(1_500 + 300);
  expect(client.readyState).toBe(client.OPEN);
  expect(host.test.defects).toEqual([]);
  client.terminate();
});

test('connections that never finish their headers, or send nothing at all, are closed', async () => {
  const host = await openHost();
  const { closed } = await crowd(host, 40);
  await expect.poll(closed, { timeout: 90_000, interval: 200 }).toBe(40);
  expect((await host.ask()).status).toBe(200);
});

function descriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
