import { expect, test } from 'vitest';
import { kitRemainingMs, replay } from '../../../renderer/kit/kit-log.ts';
import type { StoredEntry, StoredSitting } from '../../../renderer/kit/kit-store.ts';
import { screen } from '../../services/labeling/labeling-helper.ts';

type Clock = { sitting: string; ms: number | null }[];

const timeLimit = { imageSeconds: null, sessionMinutes: 2 };
const left = (clock: Clock, sittings: StoredSitting[], entries: StoredEntry[]): number | null =>
  kitRemainingMs({ view: { timeLimit }, clock }, sittings, entries);

const own = { token: 't', kit: 'k' };
const opened = (key: string, second: number): StoredSitting => ({
  ...{ ...own, key, screen, openedMs: 500 },
  openedAt: new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString(),
});
const notes = (sitting: string, worked: number): StoredEntry[] =>
  (['work-began', 'second-window', 'working'] as const).map((kind, seq) => ({
    ...{ ...own, sitting, seq },
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
    ...{ ...own, sitting: 'a', seq },
    event: { seq, trial: 0, kind, choice, shownMs: 0, atMs: seq * 1000 },
  });
  const entries = [entry(0, 'answer', 2), entry(1, 'timeout', null)];
  const place = (more: StoredEntry[]) => replay({ answers: [null], timedOut: [] }, [...entries, ...more]);
  expect(place([])).toMatchObject({ answers: [2], timedOut: new Set() });
  const again = place([entry(2, 'undo', null), entry(3, 'timeout', null)]);
  expect(again).toMatchObject({ answers: [null], timedOut: new Set([0]) });
});
