import { expect, test } from 'vitest';
import {
  kitRemainingMs,
  nextTrial,
  replay,
  sortEntries,
} from '../../../../renderer/contributions/offline/kit/kit-log.ts';
import type { StoredEntry, StoredSitting } from '../../../../renderer/contributions/offline/kit/kit-store.ts';
import { screen } from '../../../services/labeling/labeling-helper.ts';

type Clock = { sitting: string; ms: number | null }[];

const timeLimit = { imageSeconds: null, sessionMinutes: 2 };
const left = (clock: Clock, sittings: StoredSitting[], entries: StoredEntry[]): number | null =>
  kitRemainingMs({ view: { timeLimit }, clock }, sittings, entries);

const own = { token: 't', kit: 'k' };
const opened = (key: string, second: number): StoredSitting => ({
  ...own,
  key,
  screen,
  openedMs: 500,
  openedAt: new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString(),
});
const notes = (sitting: string, worked: number): StoredEntry[] =>
  (['work-began', 'second-window', 'working'] as const).map((kind, seq) => ({
    ...own,
    sitting,
    seq,
    note: { seq, kind, trial: null, atMs: seq === 2 ? 500 + worked : 500 },
  }));

test('a kit counts two of its windows once, and what the workbench knew besides', () => {
  const sittings = [opened('a', 0), opened('b', 10)];
  const entries = [...notes('a', 30_000), ...notes('b', 30_000)];
  expect(left([], sittings, entries)).toBe(80_000);
  expect(left([{ sitting: 'c', ms: 15_000 }], sittings, entries)).toBe(65_000);
  // What does not count any more, as the session was opened again, hides nothing.
  expect(left([{ sitting: 'a', ms: null }], sittings, entries)).toBe(90_000);
});

test('the timeout of a kit’s other window takes no answer away', () => {
  const entry = (seq: number, kind: 'answer' | 'undo' | 'timeout', choice: number | null): StoredEntry => ({
    ...own,
    sitting: 'a',
    seq,
    event: { seq, trial: 0, kind, choice, shownMs: 0, atMs: seq * 1000 },
  });
  const entries = [entry(0, 'answer', 2), entry(1, 'timeout', null)];
  const place = (more: StoredEntry[]) => replay({ answers: [null], timedOut: [] }, [...entries, ...more]);
  expect(place([])).toMatchObject({ answers: [2], timedOut: new Set() });
  const again = place([entry(2, 'undo', null), entry(3, 'timeout', null)]);
  expect(again).toMatchObject({ answers: [null], timedOut: new Set([0]) });
});

const event = (
  sitting: string,
  seq: number,
  trial: number,
  kind: 'answer' | 'undo' | 'timeout',
  choice: number | null,
) => ({
  ...own,
  sitting,
  seq,
  event: { seq, trial, kind, choice, shownMs: 0, atMs: seq },
});

test('entries count in the order of their sittings, then of their numbers; of unknown sittings first', () => {
  const sittings = [opened('b', 5), opened('a', 0)];
  const entries = (['b', 'a', 'b', 'a', '?'] as const).map((key, index) => event(key, 4 - index, 0, 'answer', 0));
  const order = sortEntries(sittings, entries).map(({ sitting, seq }) => `${sitting}${seq}`);
  expect(order).toEqual(['?0', 'a1', 'a3', 'b2', 'b4']);
  expect(sortEntries([], entries.slice(0, 4)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
});

test('notes change no answer, an undo takes one away, and the last act says where to go on', () => {
  const before = { answers: [1, null, null, null], timedOut: [3] };
  const [note] = notes('a', 10);
  const acts = [event('a', 1, 1, 'answer', 0), event('a', 2, 2, 'timeout', null), event('a', 3, 1, 'undo', null)];
  const replayed = (...entries: StoredEntry[]) => replay(before, entries);
  expect(replayed()).toEqual({ answers: [1, null, null, null], timedOut: new Set([3]), last: null });
  expect(replayed(note!, acts[0]!)).toEqual({ answers: [1, 0, null, null], timedOut: new Set([3]), last: 1 });
  expect(replayed(acts[0]!, acts[1]!)).toEqual({ answers: [1, 0, null, null], timedOut: new Set([3, 2]), last: 2 });
  expect(replayed(...acts)).toEqual({ answers: [1, null, null, null], timedOut: new Set([3, 2]), last: 0 });
  // An answer of another window counts, though the time was up here.
  expect(replayed(event('a', 4, 3, 'answer', 2)).timedOut).toEqual(new Set());
  // A timeout of a trial that has an answer changes nothing, and what follows still counts.
  expect(replayed(event('a', 4, 0, 'timeout', null), acts[0]!)).toMatchObject({ answers: [1, 0, null, null], last: 1 });
});

test('the next trial is the first open one after the last act, else the first open one', () => {
  const next = (answers: (number | null)[], last: number | null, ...timedOut: number[]) =>
    nextTrial({ answers, last, timedOut: new Set(timedOut) });
  expect(next([null, 0, null, null], 1)).toBe(2);
  expect(next([null, 0, null, null], 1, 2)).toBe(3);
  expect(next([null, null, 0, 0], 1)).toBe(0);
  expect(next([null, null, 0, 0], 0)).toBe(1);
  expect(next([null, null, null], null)).toBe(0);
  expect(next([null, 0, null], null)).toBe(0);
  expect(next([0, null, 0], null)).toBe(1);
  expect(next([0, 0], 0)).toBeNull();
  expect(next([null, null], -1)).toBe(0);
});

test('without a limit nothing is left to count; sittings count by when they began', () => {
  expect(
    kitRemainingMs({ view: { timeLimit: { imageSeconds: null, sessionMinutes: null } }, clock: [] }, [], []),
  ).toBeNull();
  // The workbench knew more of a sitting than this browser, or less.
  expect(left([{ sitting: 'a', ms: 40_000 }], [opened('a', 0)], notes('a', 30_000))).toBe(80_000);
  expect(left([{ sitting: 'a', ms: 20_000 }], [opened('a', 0)], notes('a', 30_000))).toBe(90_000);
  // Stored in another order.
  const entries = [...notes('b', 30_000), ...notes('a', 30_000)];
  expect(left([], [opened('b', 10), opened('a', 0)], entries)).toBe(80_000);
  expect(left([], [opened('a', 0), opened('b', 10)], notes('a', 30_000))).toBe(90_000);
});
