import { expect, test } from 'vitest';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { Sitting } from '../../../../renderer/contributions/desk/page/sitting.ts';
import { deskActions } from '../../../../renderer/contributions/desk/page/use-desk.ts';
import { portOf } from './desk-of.ts';
import { viewOf } from './view-of.ts';

/** Actions of a page that shows a session of four images, and what they store and show. */
function desk(answers: (number | null)[] = [0, null, null, null]) {
  const done: unknown[] = [];
  let view: VolunteerView | null = viewOf({ trials: 4 });
  const port = portOf({
    addEvents: async (events) => void done.push(...events),
    addNotes: async (notes) => void done.push(...notes.map(({ kind }) => kind)),
    finish: async (leaveBlank) => void done.push({ leaveBlank }),
    timeUp: async () => void done.push('ended by time'),
    consent: async (agrees) => void done.push({ agrees }),
  });
  const undoneMs = new Map<number, number>();
  const actions = deskActions({
    port,
    sitting: new Sitting(port, () => undefined),
    undoneMs,
    place: { current: { answers, timedOut: new Set<number>() } },
    set: (trial, choice) => void done.push(['shown', trial, choice]),
    runOut: (trial) => void done.push(['ran out', trial]),
    setBegun: (hasBegun) => void done.push({ hasBegun }),
    setView: (change) => {
      view = change(view);
    },
  });
  return { actions, done, undoneMs, view: () => view };
}

test('a session ends without leaving blanks where none is agreed, and with as many as are', async () => {
  const complete = desk([0, 1, 2, 0]);
  expect(await complete.actions.finish(0)).toBe(true);
  expect(complete.done).toEqual([{ leaveBlank: false }]);
  expect(complete.view()?.state).toBe('finished');
  const blank = desk();
  expect(await blank.actions.finish(3)).toBe(true);
  expect(blank.done).toEqual([{ leaveBlank: true }]);
  const more = desk();
  expect(await more.actions.finish(2)).toBe(false);
  expect(more.done).toEqual([]);
  expect(more.view()?.state).toBe('ready');
});

test('an answer is stored with its times before it is shown, and taking it back says since when', async () => {
  const { actions, done, undoneMs } = desk();
  await actions.answer(2, 1, 1200, 1750);
  await actions.undo(2, 2000);
  await actions.timeOut(3, 2500);
  expect(done).toEqual([
    { seq: 0, trial: 2, kind: 'answer', choice: 1, shownMs: 1200, atMs: 1750 },
    ['shown', 2, 1],
    { seq: 1, trial: 2, kind: 'undo', choice: null, shownMs: 2000, atMs: expect.any(Number) },
    ['shown', 2, null],
    { seq: 2, trial: 3, kind: 'timeout', choice: null, shownMs: 2500, atMs: expect.any(Number) },
    ['ran out', 3],
  ]);
  expect([...undoneMs.keys()]).toEqual([2]);
});

test('consent begins a session, its refusal ends it; the end of time ends one that is not finished', async () => {
  const agreed = desk();
  await agreed.actions.consent(true);
  expect([agreed.done, agreed.view()]).toMatchObject([
    [{ agrees: true }, { hasBegun: true }],
    { consented: true, state: 'ready' },
  ]);
  const declined = desk();
  await declined.actions.consent(false);
  expect([declined.done, declined.view()]).toMatchObject([
    [{ agrees: false }],
    { consented: false, state: 'declined' },
  ]);
  const over = desk();
  await over.actions.timeUp();
  expect([over.done, over.view()?.state]).toEqual([['time-up', 'ended by time'], 'time-up']);
  const finished = desk([0, 0, 0, 0]);
  await finished.actions.finish(0);
  await finished.actions.timeUp();
  expect([finished.done, finished.view()?.state]).toEqual([[{ leaveBlank: false }], 'finished']);
});
