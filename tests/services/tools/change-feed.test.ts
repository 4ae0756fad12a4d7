import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ChangeEvent } from '../../../main/contract/api/changes.ts';
import { maxIds } from '../../../main/contract/api/changes.ts';
import { ChangeFeed } from '../../../main/services/workbench/change-feed.ts';

const next = async (events: AsyncGenerator<ChangeEvent>): Promise<ChangeEvent | undefined> =>
  (await events.next()).value as ChangeEvent | undefined;

test('changes at nearly the same time become one per topic, with their ids', async () => {
  const feed = new ChangeFeed();
  const events = feed.listen(null);
  expect(await next(events)).toEqual({ type: 'hello', life: feed.life, seq: 0, missed: false });
  for (let id = 1; id <= 5; id++) feed.publish('runs', [id, 1]);
  feed.publish('studies');
  expect(await next(events)).toEqual({
    type: 'changes',
    changes: [
      { seq: 1, topic: 'runs', ids: [1, 2, 3, 4, 5] },
      { seq: 2, topic: 'studies', ids: null },
    ],
  });
});

test('a topic published without ids keeps none, in any order of calls', async () => {
  const feed = new ChangeFeed();
  const events = feed.listen(null);
  await next(events);
  feed.publish('runs', [1]);
  feed.publish('runs');
  feed.publish('runs', [2]);
  feed.publish(
    'jobs',
    Array.from({ length: maxIds + 1 }, (_, index) => index),
  );
  const { changes } = (await next(events)) as Extract<ChangeEvent, { type: 'changes' }>;
  expect(changes.map(({ topic, ids }) => [topic, ids])).toEqual([
    ['runs', null],
    ['jobs', null],
  ]);
});

test('a page that reconnects gets what it missed', async () => {
  const feed = new ChangeFeed();
  feed.publish('runs', [1]);
  await wait(300);
  feed.publish('runs', [2]);
  await wait(300);
  const events = feed.listen({ life: feed.life, seq: 1 });
  expect(await next(events)).toMatchObject({ type: 'hello', seq: 1, missed: false });
  expect(await next(events)).toEqual({ type: 'changes', changes: [{ seq: 2, topic: 'runs', ids: [2] }] });
});

test('a page that reconnects after a restart or too late is told that it missed changes', async () => {
  const feed = new ChangeFeed();
  expect(await next(feed.listen({ life: 'another', seq: 3 }))).toMatchObject({ seq: 0, missed: true });
  expect(await next(feed.listen({ life: feed.life, seq: 99 }))).toMatchObject({ seq: 0, missed: true });
});

test('an aborted listener ends and leaves no waiter', async () => {
  const feed = new ChangeFeed();
  const controller = new AbortController();
  const events = feed.listen(null, controller.signal);
  await next(events);
  const waiting = events.next();
  controller.abort();
  expect(await waiting).toEqual({ value: undefined, done: true });
});
