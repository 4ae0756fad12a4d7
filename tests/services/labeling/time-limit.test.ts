import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { labelsJsonSchema } from '../../../main/contract/labeling/labels-json.ts';
import type { LabelingPlan } from '../../../main/contract/labeling/plan.ts';
import type { SessionNote, TrialEvent } from '../../../main/contract/labeling/volunteer.ts';
import { openLab } from '../lab/lab-helper.ts';
import { addStimuli, fetched, makeSessions, screen, studyName } from './labeling-helper.ts';

const aMinute: Partial<LabelingPlan> = { timeLimit: { imageSeconds: null, sessionMinutes: 1 } };

/** A session of one minute, and what its page does. */
async function limited(change: Partial<LabelingPlan> = {}) {
  const it = openLab();
  addStimuli(it.lab.bench.storage);
  const [session] = await makeSessions(it, 1, { ...aMinute, ...change });
  if (!session) throw new Error('no session');
  const { volunteer } = it.client.labeling;
  const sit = async () => {
    const page = { token: session.token, sitting: randomUUID() };
    const view = await volunteer.open({ ...page, screen });
    return {
      page,
      view,
      tell: (...events: TrialEvent[]) => volunteer.tell({ ...page, events }),
      note: (seq: number, kind: SessionNote['kind'], atMs: number) =>
        volunteer.note({ ...page, notes: [{ seq, kind, trial: null, atMs }] }),
      timeUp: () => volunteer.timeUp(page),
    };
  };
  const board = async () => (await it.client.labeling.board({ study: studyName })).sessions[0];
  return { it, session, sit, board };
}

const at = (seq: number, trial: number, atMs: number): TrialEvent => ({
  ...{ seq, trial, kind: 'answer', choice: 1, shownMs: atMs - 500, atMs },
});

test('the time of a session ends it; what was answered before counts, what is left is counted', async () => {
  const { it, session, sit, board } = await limited();
  const { tell, note, timeUp, view } = await sit();
  expect(view).toMatchObject({ leftMs: 60_000, state: 'ready', timedOut: [] });
  await note(0, 'work-began', 5000);
  await tell(at(1, 0, 20_000), at(2, 1, 30_000));
  await expect(timeUp()).rejects.toMatchObject({ data: { code: 'labeling.time-left' } });
  // Its key came in time, however late it arrives; the next one did not.
  await tell(at(3, 2, 64_900));
  await expect(tell(at(4, 3, 67_000))).rejects.toMatchObject({ data: { code: 'labeling.time-up' } });
  await note(4, 'time-up', 65_010);
  await timeUp();
  await timeUp();
  expect(await board()).toMatchObject({ state: 'finished', answered: 3, imagesLeft: 39 });
  await expect(tell(at(5, 3, 64_999))).rejects.toMatchObject({ data: { code: 'labeling.closed' } });
  expect(await tell(at(3, 2, 64_900))).toEqual({ answered: 3 });
  expect((await sit()).view).toMatchObject({ state: 'time-up', leftMs: 0 });
  const { storage } = it.lab.bench;
  const studyId = storage.studies.byName(studyName)?.id ?? 0;
  const labels = storage.responses.table(studyId, storage.studies.stimuli(studyId) ?? '').labels[0] ?? [];
  const trials = storage.labeling.sessions.trials(session.id);
  const real = trials.slice(0, 3).filter(({ kind }) => kind === 'real').length;
  expect(labels.filter((label) => label === 1)).toHaveLength(real);
  const [quality] = await it.client.labeling.quality({ study: studyName });
  expect(quality?.flags).toContainEqual({ kind: 'time-up', message: 'The time was up with 39 images left.' });
  expect(it.defects).toEqual([]);
});

test('time is what was worked: breaks, pauses, crashes and other clocks do not count', async () => {
  const { sit } = await limited();
  const first = await sit();
  await first.note(0, 'work-began', 1_000_000);
  await first.tell(at(1, 0, 1_010_000));
  await first.note(2, 'break-began', 1_010_000);
  await first.note(3, 'break-ended', 1_900_000);
  await first.tell(at(4, 1, 1_905_000));
  const second = await sit();
  expect(second.view.leftMs).toBe(45_000);
  // Cut off with nothing stored but a sign of work.
  await second.note(0, 'work-began', 10);
  await second.note(1, 'working', 20_010);
  expect((await sit()).view.leftMs).toBe(25_000);
  const third = await sit();
  await third.note(0, 'work-began', 0);
  await third.tell(at(1, 2, 24_000));
  await expect(third.tell(at(2, 3, 27_000))).rejects.toMatchObject({ data: { code: 'labeling.time-up' } });
});

test('a page that was lost at the very end is ended when it is opened again', async () => {
  const { sit, board } = await limited();
  const { tell, note } = await sit();
  await note(0, 'work-began', 0);
  await tell(at(1, 0, 10_000));
  await note(2, 'time-up', 60_004);
  expect(await board()).toMatchObject({ state: 'active', imagesLeft: null });
  expect((await sit()).view).toMatchObject({ state: 'time-up' });
  expect(await board()).toMatchObject({ state: 'finished', imagesLeft: 41 });
});

test('a session that is opened again has its whole time anew', async () => {
  const { it, session, sit, board } = await limited();
  const { note, timeUp } = await sit();
  await note(0, 'work-began', 0);
  await note(1, 'time-up', 60_000);
  await timeUp();
  await it.client.labeling.sessions.reopen({ session: session.id });
  expect(await board()).toMatchObject({ state: 'active', imagesLeft: null });
  const again = await sit();
  expect(again.view.leftMs).toBe(60_000);
  await again.note(0, 'work-began', 0);
  await again.tell(at(1, 0, 30_000));
  expect((await sit()).view.leftMs).toBe(30_000);
});

test('images that ran out of time themselves are not left; the page hears which they are', async () => {
  const { sit, board } = await limited({ timeLimit: { imageSeconds: 5, sessionMinutes: 1 } });
  const { tell, note, timeUp } = await sit();
  await note(0, 'work-began', 0);
  await tell({ seq: 1, trial: 0, kind: 'timeout', choice: null, shownMs: 0, atMs: 5000 }, at(2, 1, 9000));
  expect((await sit()).view).toMatchObject({ timedOut: [0], next: 2 });
  await note(3, 'time-up', 60_000);
  await timeUp();
  expect(await board()).toMatchObject({ answered: 1, imagesLeft: 40 });
});

test('exports say that the time was up, and how many images were left', async () => {
  const { it, sit } = await limited();
  const { tell, note, timeUp } = await sit();
  await note(0, 'work-began', 0);
  await tell(at(1, 0, 10_000));
  await note(2, 'time-up', 60_000);
  await timeUp();
  const text = async (format: 'events' | 'json') => {
    const { files } = await it.client.labeling.tables.export({ study: studyName, format });
    return fetched(it, files[0]?.address ?? '');
  };
  const [head = '', ...rows] = (await text('events')).trim().split('\n');
  const columns = head.split(',');
  const cells = rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [columns[index], cell])));
  expect(rows.map((row) => row.split(',').length)).toEqual(rows.map(() => columns.length));
  expect(cells).toHaveLength(3);
  for (const row of cells) expect(row).toMatchObject({ session_state: 'time-up', images_left: '41', excluded: '' });
  expect(cells.map(({ event }) => event).toSorted()).toEqual(['answer', 'time-up', 'work-began']);
  const json = labelsJsonSchema.parse(JSON.parse(await text('json')));
  expect(json.sessions[0]).toMatchObject({ state: 'finished', imagesLeft: 41 });
});

test('without a limit there is no time, and nothing ends by it', async () => {
  const { sit } = await limited({ timeLimit: { imageSeconds: null, sessionMinutes: null } });
  const { tell, timeUp, view } = await sit();
  expect(view.leftMs).toBeNull();
  await tell(at(0, 0, 9_000_000));
  await expect(timeUp()).rejects.toMatchObject({ data: { code: 'labeling.time-left' } });
});
