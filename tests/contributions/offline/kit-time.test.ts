import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import type { SessionNote, TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { hour, openedKit, resultFile, sitting } from './kit-results.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

type Sittings = ReturnType<typeof sitting>[];

/** A kit under a time limit, and how its results are read in. */
async function limitedKit(timeLimit: LabelingPlan['timeLimit']) {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const change = { timeLimit, practice: 0, repeats: 0, attention: 0 };
  const [row] = await makeSessions(it, 1, change, 'kit');
  if (!row) throw new Error('no session');
  const kit = openedKit(await it.client.offline.makeKit({ study: studyName, sessions: [row.id] }));
  const [own] = kit.sessions;
  if (!own) throw new Error('no session in the kit');
  const { log } = sessionTables(it.lab.workbench.storage);
  return {
    read: async (sittings: Sittings, finished = false) => {
      const file = await upload(it, 'result.json', resultFile(kit, own, { sittings, finished }));
      const look = await it.client.offline.inspectResult({ study: studyName, upload: file });
      await it.client.offline.applyResult({ study: studyName, upload: file });
      return look;
    },
    late: () => log.events(row.id).map(({ late }) => late),
    choices: () => log.choices(row.id, 33),
    timedOut: () => log.timedOutTrials(row.id),
    words: () => log.latestChoices(row.id).toSorted((a, b) => a.trial - b.trial),
  };
}

const given = (seq: number, trial: number, choice: number, shownMs: number, atMs: number): TrialEvent => ({
  seq,
  trial,
  kind: 'answer',
  choice,
  shownMs,
  atMs,
});
const note = (seq: number, kind: SessionNote['kind'], atMs: number): SessionNote => ({ seq, kind, trial: null, atMs });

test('a kit’s answers after an image’s time are taken in and do not count; the file is', async () => {
  const { read, late, choices } = await limitedKit({ imageSeconds: 5, sessionMinutes: null });
  const runOut: TrialEvent = { seq: 3, trial: 2, kind: 'timeout', choice: null, shownMs: 20_000, atMs: 25_000 };
  const events = [
    ...[given(0, 0, 1, 0, 5800), given(1, 1, 1, 10_000, 16_100), given(2, 1, 2, 17_000, 17_500)],
    ...[runOut, given(4, 2, 1, 25_000, 25_400), given(5, 0, 2, 30_000, 60_000)],
  ];
  const one = sitting(events);
  expect(await read([one])).toMatchObject({ events: 6, newEvents: 6, late: 3, added: 1 });
  expect(late()).toEqual([null, 'image', 'image', null, 'image', null]);
  expect(choices().slice(0, 3)).toEqual([2, null, null]);
  // The same file again, with one more event, judges nothing anew.
  const more = { ...one, events: [...events, given(6, 1, 0, 70_000, 70_500)] };
  expect(await read([more])).toMatchObject({ newEvents: 1, late: 1, added: 0 });
  expect(choices().slice(0, 3)).toEqual([2, null, null]);
});

test('a kit’s answers after the session’s time do not count, whichever of its files comes first', async () => {
  const first = sitting([given(1, 0, 1, 0, 50_000)], randomUUID(), undefined, [note(0, 'work-began', 0)]);
  const opened = hour(2);
  const second = sitting(
    [given(1, 1, 1, 2000, 12_900), given(2, 2, 1, 10_000, 13_500), given(3, 0, 2, 14_000, 15_000)],
    ...[randomUUID(), opened, [note(0, 'work-began', 2000)]],
  );
  for (const files of [
    [[first], [first, second]],
    [[first, second], [first]],
  ]) {
    const { read, late, choices } = await limitedKit({ imageSeconds: null, sessionMinutes: 1 });
    for (const file of files) await read(file);
    expect(late()).toEqual([null, null, 'session', 'session']);
    expect(choices().slice(0, 3)).toEqual([1, 1, null]);
  }
});

test('two windows of a kit did not know of each other: none is held to the other’s time', async () => {
  const { read, late } = await limitedKit({ imageSeconds: null, sessionMinutes: 1 });
  const open = (openedAt: string) =>
    sitting([given(2, 0, 1, 0, 59_000)], randomUUID(), openedAt, [
      note(0, 'work-began', 0),
      note(1, 'second-window', 10),
    ]);
  const sittings = [open(hour(1)), open(hour(1 + 5 / 3600))];
  expect(await read(sittings)).toMatchObject({ late: 0 });
  expect(late()).toEqual([null, null]);
});

test('a timeout at a second computer takes no answer away, whichever file comes first', async () => {
  const undo = (seq: number, trial: number, atMs: number): TrialEvent => ({
    seq,
    trial,
    kind: 'undo',
    choice: null,
    shownMs: atMs,
    atMs,
  });
  const runOut = (seq: number, trial: number, atMs: number): TrialEvent => ({
    seq,
    trial,
    kind: 'timeout',
    choice: null,
    shownMs: atMs - 5000,
    atMs,
  });
  // The last image was taken back, and ran out of time then.
  const first = sitting([given(0, 0, 2, 0, 500), given(1, 1, 1, 600, 900), undo(2, 1, 1000), runOut(3, 1, 6000)]);
  const second = sitting([runOut(0, 0, 5000)], randomUUID(), hour(2));
  for (const files of [[[first], [second]], [[second], [first]], [[first, second]]]) {
    const { read, choices, timedOut, words } = await limitedKit({ imageSeconds: 5, sessionMinutes: null });
    const looks: Awaited<ReturnType<typeof read>>[] = [];
    for (const file of files) looks.push(await read(file));
    expect(looks.reduce((sum, { added }) => sum + added, 0)).toBe(1);
    expect(looks.flatMap(({ changed }) => changed)).toEqual([]);
    expect(choices().slice(0, 3)).toEqual([2, null, null]);
    expect(timedOut()).toEqual([1]);
    expect(words()).toMatchObject([
      { trial: 0, choice: 2 },
      { trial: 1, choice: null },
    ]);
  }
});
