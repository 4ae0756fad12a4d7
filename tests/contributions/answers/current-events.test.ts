import { expect, test } from 'vitest';
import { currentEvents } from '../../../main/contributions/answers/tables/current-events.ts';

test('the last event of a trial counts, unless it is late or a timeout after an answer', () => {
  const named = (trial: number, kind: 'answer' | 'undo' | 'timeout', choice: number | null, late?: 'image' | null) => ({
    trial,
    kind,
    choice,
    late,
  });
  const events = [
    ...[named(0, 'answer', 3), named(1, 'answer', 1), named(0, 'answer', 4), named(1, 'undo', null)],
    ...[named(2, 'answer', 5), named(2, 'timeout', null), named(3, 'timeout', null), named(4, 'answer', 6)],
    ...[named(4, 'answer', 7, 'image'), named(5, 'answer', 8, null), named(6, 'undo', null), named(6, 'timeout', null)],
  ];
  expect([...currentEvents(events)].map(([trial, { kind, choice }]) => [trial, kind, choice])).toEqual([
    [0, 'answer', 4],
    [1, 'undo', null],
    [2, 'answer', 5],
    [3, 'timeout', null],
    [4, 'answer', 6],
    [5, 'answer', 8],
    [6, 'timeout', null],
  ]);
});
