import { setTimeout as wait } from 'node:timers/promises';
import { createORPCClient } from '@orpc/client';
import type { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { Changes } from '../../../renderer/client/changes.ts';
import type { WorkbenchClient } from '../../../renderer/client/client.ts';
import { SocketLink } from '../../../renderer/client/socket-link.ts';
import { openHost } from '../../hosts/browser/open-host.ts';

test('a page whose connection breaks again and again hears of every change, and is not told that it missed some', async () => {
  const host = await openHost();
  const sockets: WebSocket[] = [];
  const link = new SocketLink('', () => {
    const socket = host.socket();
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket as unknown as globalThis.WebSocket;
  });
  const asked: unknown[] = [];
  const queries = { invalidateQueries: (what?: unknown) => Promise.resolve(asked.push(what)) };
  const client: WorkbenchClient = createORPCClient(link);
  const changes = new Changes(client, queries as unknown as QueryClient);
  const heard: number[] = [];
  changes.onChanges((each) => heard.push(...each.flatMap(({ ids }) => ids ?? [])));
  const abort = new AbortController();
  void changes.listen(abort.signal);
  await expect.poll(() => link.state).toBe('open');
  // Until it listens: what was before is not its business.
  await expect
    .poll(
      () => {
        host.test.lab.changes.publish('runs', [0]);
        return heard.includes(0);
      },
      { interval: 300 },
    )
    .toBe(true);
  const told: number[] = [];
  for (let run = 1; run <= 30; run++) {
    host.test.lab.changes.publish('runs', [run]);
    told.push(run);
    if (run % 8 === 0) {
      await expect.poll(() => link.state).toBe('open');
      sockets.at(-1)?.terminate();
    }
    await wait(100);
  }
  await expect.poll(() => heard.filter((run) => run > 0).sort((a, b) => a - b), { timeout: 60_000 }).toEqual(told);
  expect(sockets.length).toBeGreaterThanOrEqual(4);
  // Without a filter, everything is asked for again: that is what a page does which missed some.
  expect(asked).not.toContain(undefined);
  abort.abort();
});
