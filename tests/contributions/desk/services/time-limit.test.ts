import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { labelsJsonSchema } from '../../../../main/contributions/answers/contract/tables.ts';
import type { LabelingPlan } from '../../../../main/contributions/sessions/contract/plan.ts';
import type { SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { addStimuli, fetched, screen, studyName } from '../../../services/labeling/labeling-helper.ts';
import { makeSessions } from '../make-sessions.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

const aMinute: Partial<LabelingPlan> = { timeLimit: { imageSeconds: null, sessionMinutes: 1 } };

/** A session of one minute, and what its page does. */
async function limited(change: Partial<LabelingPlan> = {}) {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [session] = await makeSessions(it, 1, { ...aMinute, ...change });
  if (!session) throw new Error('no session');
  const { volunteer } = it.client.desk;
  const sit = async (openedMs: number | null = null) => {
    const page = { token: session.token, sitting: randomUUID() };
    const view = await volunteer.open({ ...page, screen, openedMs });
    return {
      page,
      view,
      tell: (...events: TrialEvent[]) => volunteer.addEvents({ ...page, events }),
      note: (seq: number, kind: SessionNote['kind'], atMs: number) =>
        volunteer.addNotes({ ...page, notes: [{ seq, kind, trial: null, atMs }] }),
      timeUp: () => volunteer.timeUp(page),
    };
  };
  const board = async () => (await it.client.desk.board({ study: studyName })).sessions[0];
  return { it, session, sit, board };
}

const at = (seq: number, trial: number, atMs: number): TrialEvent => ({
  seq,
  trial,
  kind: 'answer',
  choice: 1,
  shownMs: atMs - 500,
  atMs,
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
  expect(await tell(at(4, 3, 67_000), { ...at(5, 0, 67_100), choice: 2 })).toEqual({ answered: 3 });
  await note(6, 'time-up', 65_010);
  await timeUp();
  await timeUp();
  expect(await board()).toMatchObject({ state: 'finished', answered: 3, imagesLeft: 39 });
  await expect(tell(at(7, 3, 64_999))).rejects.toMatchObject({ data: { code: 'labeling.closed' } });
  expect(await tell(at(3, 2, 64_900))).toEqual({ answered: 3 });
  expect((await sit()).view).toMatchObject({ state: 'time-up', leftMs: 0 });
  const { storage } = it.lab.workbench;
  const studyId = storage.studies.byName(studyName)?.id ?? 0;
  const labels = storage.responses.table(studyId, storage.studies.stimuli(studyId) ?? '').labels[0] ?? [];
  const trials = sessionTables(storage).sessions.trials(session.id);
  const real = trials.slice(0, 3).filter(({ kind }) => kind === 'real').length;
  expect(labels.filter((label) => label === 1)).toHaveLength(real);
  const [quality] = await it.client.desk.quality({ study: studyName });
  expect(quality?.flags).toContainEqual({
    kind: 'time-up',
    message: 'The time limit ended the session with 39 images unanswered.',
  });
  expect(quality?.flags).toContainEqual({
    kind: 'late',
    message: '2 answers came after the time limit and do not count.',
  });
  expect(quality).toMatchObject({ changed: 0 });
  expect(
    sessionTables(storage)
      .log.events(session.id)
      .map(({ late }) => late),
  ).toEqual([null, null, null, 'session', 'session']);
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
  expect(await third.tell(at(2, 3, 27_000))).toEqual({ answered: 3 });
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
  await it.client.desk.sessions.reopen({ session: session.id });
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
    const { files } = await it.client.answers.exportTable({ study: studyName, format });
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

const inFive: Partial<LabelingPlan> = { timeLimit: { imageSeconds: 5, sessionMinutes: null } };
/** An answer to an image that was in focus for so long. */
const after = (seq: number, trial: number, choice: number, shownMs: number, focusMs: number): TrialEvent => ({
  seq,
  trial,
  kind: 'answer',
  choice,
  shownMs,
  atMs: shownMs + focusMs,
});

test('an answer after its image’s time is kept and does not count; the image has run out of time from then on', async () => {
  const { it, session, sit, board } = await limited(inFive);
  const { tell } = await sit();
  const { log } = sessionTables(it.lab.workbench.storage);
  expect(await tell(after(0, 0, 1, 0, 4990), after(1, 1, 1, 10_000, 5900))).toEqual({ answered: 2 });
  expect(await tell(after(2, 2, 1, 20_000, 6100))).toEqual({ answered: 2 });
  // Told again, or answered again, at once: it had its time.
  expect(await tell(after(2, 2, 1, 20_000, 6100), after(3, 2, 0, 30_000, 500))).toEqual({ answered: 2 });
  const runOut: TrialEvent = { seq: 4, trial: 3, kind: 'timeout', choice: null, shownMs: 40_000, atMs: 45_000 };
  expect(await tell(runOut, after(5, 3, 2, 45_000, 300))).toEqual({ answered: 2 });
  expect(log.events(session.id).map(({ late }) => late)).toEqual([null, null, 'image', 'image', null, 'image']);
  expect(log.choices(session.id, session.trials).slice(0, 4)).toEqual([1, 1, null, null]);
  const { view, page } = await sit();
  expect(view).toMatchObject({ timedOut: [2, 3], next: 4, answers: expect.arrayContaining([1, null]) });
  expect(await board()).toMatchObject({ answered: 2 });
  const rest = Array.from({ length: session.trials - 4 }, (_, index) => after(index, index + 4, 0, index * 1000, 600));
  await it.client.desk.volunteer.addEvents({ ...page, events: rest });
  await it.client.desk.volunteer.finish({ ...page, leaveBlank: false });
  const [quality] = await it.client.desk.quality({ study: studyName });
  expect(quality?.flags).toContainEqual({
    kind: 'late',
    message: '3 answers came after the time limit and do not count.',
  });
  const { files } = await it.client.answers.exportTable({ study: studyName, format: 'events' });
  const [head = '', ...rows] = (await fetched(it, files[0]?.address ?? '')).trim().split('\n');
  const place = head.split(',').indexOf('late');
  expect(rows.slice(0, 6).map((row) => row.split(',')[place])).toEqual(['', '', 'image', 'image', '', 'image']);
  expect(rows.slice(0, 6).map((row) => row.split(',')[place - 1])).toEqual(['yes', 'yes', 'no', 'no', 'yes', 'no']);
});

test('who answered in time may change the answer at leisure, and has time again for one that was taken back', async () => {
  const { it, session, sit } = await limited(inFive);
  const { tell } = await sit();
  const undo: TrialEvent = { seq: 2, trial: 0, kind: 'undo', choice: null, shownMs: 0, atMs: 90_000 };
  await tell(after(0, 0, 1, 0, 3000), after(1, 0, 2, 0, 60_000), undo, after(3, 0, 0, 0, 94_000));
  const { log } = sessionTables(it.lab.workbench.storage);
  expect(log.events(session.id).map(({ late }) => late)).toEqual([null, null, null, null]);
  expect(log.choice(session.id, 0)).toBe(0);
});

test('what two windows take at once counts once, for the limit, for a kit and for the person’s time', async () => {
  const { it, session, sit } = await limited();
  // Opened at once, one in a page that was there for an hour.
  const now = Date.now();
  (it.lab.workbench as { now: () => number }).now = () => now;
  const [first, second] = [await sit(0), await sit(3_600_000)];
  await first.note(0, 'work-began', 0);
  await first.note(1, 'second-window', 1000);
  await second.note(0, 'work-began', 3_610_000);
  await first.tell(at(2, 0, 500), at(3, 1, 30_000));
  await second.tell(at(1, 2, 3_610_500), at(2, 3, 3_640_000));
  // 40 s of a minute: from 0 to 30 s and from 10 to 40 s, as far as the host opened them at once.
  const { view } = await sit();
  expect(view.leftMs).toBeGreaterThan(15_000);
  expect(view.leftMs).toBeLessThan(25_000);
  await first.note(4, 'time-up', 60_000);
  await first.timeUp();
  const [quality] = await it.client.desk.quality({ study: studyName });
  expect(quality?.seconds).toBeGreaterThan(35);
  expect(quality?.seconds).toBeLessThan(45);
  expect(sessionTables(it.lab.workbench.storage).log.trialEvents(session.id, 2)[0]?.openedAt).toBeLessThan(
    Date.now() - 3_500_000,
  );
});

const runOut = (seq: number, trial: number, atMs: number): TrialEvent => ({
  seq,
  trial,
  kind: 'timeout',
  choice: null,
  shownMs: atMs - 5000,
  atMs,
});

test('the timeout of a window that was forgotten takes no answer away, and ends no image', async () => {
  const { it, session, sit, board } = await limited(inFive);
  const [one, two] = [await sit(), await sit()];
  const { log } = sessionTables(it.lab.workbench.storage);
  await one.tell(after(0, 0, 1, 0, 600), after(1, 1, 2, 1000, 600));
  await two.tell(runOut(0, 0, 5000), runOut(1, 1, 10_000));
  expect(log.events(session.id).map(({ late }) => late)).toEqual([null, null, 'image', 'image']);
  expect(await board()).toMatchObject({ answered: 2 });
  // Changed at leisure; and taken back, so that there is time again, in a page that is loaded anew too.
  const undo: TrialEvent = { seq: 3, trial: 1, kind: 'undo', choice: null, shownMs: 20_000, atMs: 20_000 };
  await one.tell(after(2, 0, 2, 6000, 500), undo);
  const again = await sit();
  expect(again.view).toMatchObject({ timedOut: [], next: 1 });
  expect(again.view.answers.slice(0, 2)).toEqual([2, null]);
  await again.tell(after(0, 1, 0, 0, 900));
  expect(log.choices(session.id, 2)).toEqual([2, 0]);
  // The forgotten window itself had told that its image was over.
  await two.tell(after(2, 0, 0, 11_000, 300));
  expect(log.choice(session.id, 0)).toBe(2);
  // A timeout that took place counts for all windows.
  await one.tell(runOut(4, 2, 40_000));
  await two.tell(after(3, 2, 1, 41_000, 300));
  expect(log.choice(session.id, 2)).toBeNull();
});

test('two browsers with one session do not hear of each other, so neither is held to the other’s time', async () => {
  const { it, session, sit } = await limited();
  const [one, two] = [await sit(0), await sit(0)];
  await one.note(0, 'work-began', 0);
  await two.note(0, 'work-began', 0);
  await two.tell(at(1, 0, 50_000));
  await one.tell(at(1, 1, 30_000), at(2, 2, 59_000), at(3, 3, 62_000));
  const { log } = sessionTables(it.lab.workbench.storage);
  expect(log.events(session.id).map(({ late }) => late)).toEqual([null, null, null, 'session']);
});

test('what was worked before a page was opened is held against it', async () => {
  const { it, session, sit } = await limited();
  // A page that was open for 100 s, and worked in until 10 s ago.
  const before = await sit(100_000);
  await before.note(0, 'work-began', 40_000);
  await before.tell(at(1, 0, 90_000));
  const page = await sit(0);
  expect(page.view.leftMs).toBe(10_000);
  await page.note(0, 'work-began', 0);
  await page.tell(at(1, 1, 9000), at(2, 2, 12_000));
  const { log } = sessionTables(it.lab.workbench.storage);
  expect(log.events(session.id).map(({ late }) => late)).toEqual([null, null, 'session']);
});
